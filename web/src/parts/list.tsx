import type { ComponentChildren } from 'preact';
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';

/** A list of rows; its label says what they are. */
export const List = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <ul class="list" aria-label={label}>
    {children}
  </ul>
);

interface RowProps {
  readonly title: ComponentChildren;
  readonly text?: ComponentChildren;
  /** What stands before it: an avatar, or an icon by its name. */
  readonly start?: ComponentChildren;
  readonly icon?: IconName;
  /** What stands after it: a time, a count, a button. */
  readonly end?: ComponentChildren;
  /** Where a press leads; else what it does. A row without both is not pressed. */
  readonly href?: string;
  readonly onPress?: () => void;
  readonly current?: boolean;
  readonly danger?: boolean;
}

const Inside = ({ title, text, start, icon, end }: RowProps) => (
  <>
    {start ?? (icon && <Icon name={icon} />)}
    <span class="row-text">
      <span class="row-title">{title}</span>
      {text !== undefined && <span class="row-more">{text}</span>}
    </span>
    {end !== undefined && <span class="row-end">{end}</span>}
  </>
);

/** A row of a {@link List}. */
export const Row = (props: RowProps) => {
  const { href, onPress, current, danger } = props;
  const look = `row${danger ? ' danger' : ''}`;
  return (
    <li>
      {href !== undefined ? (
        <a class={look} href={href} aria-current={current ? 'page' : undefined}>
          <Inside {...props} />
        </a>
      ) : onPress ? (
        <button type="button" class={look} onClick={onPress}>
          <Inside {...props} />
        </button>
      ) : (
        <div class={look}>
          <Inside {...props} />
        </div>
      )}
    </li>
  );
};
