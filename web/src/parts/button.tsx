import type { ComponentChildren } from 'preact';
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';
import { Spinner } from './spinner.tsx';

/** How a button looks: what one is here for, what one may also do, what cannot be undone. */
export type ButtonLook = 'main' | 'plain' | 'danger';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly look?: ButtonLook;
  readonly type?: 'button' | 'submit';
  readonly icon?: IconName;
  /** Something is under way: it is shown, and a press does nothing. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly wide?: boolean;
  readonly onPress?: () => void;
}

/** A button. It stays reachable while it is busy, so that the focus is not lost. */
export const Button = (props: ButtonProps) => {
  const { children, look = 'main', type = 'button', icon, busy, disabled, wide, onPress } = props;
  const press = (event: Event) => {
    if (busy) event.preventDefault();
    else onPress?.();
  };
  return (
    <button
      type={type}
      class={`button ${look}${wide ? ' wide' : ''}`}
      disabled={disabled}
      aria-disabled={busy}
      aria-busy={busy}
      onClick={press}
    >
      {busy ? <Spinner size={20} /> : icon && <Icon name={icon} size={20} />}
      {children}
    </button>
  );
};

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does, for those who do not see the icon. */
  readonly label: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onPress: () => void;
}

/** A round button with an icon alone. */
export const IconButton = ({ icon, label, pressed, disabled, onPress }: IconButtonProps) => (
  <button
    type="button"
    class="icon-button"
    aria-label={label}
    title={label}
    aria-pressed={pressed}
    disabled={disabled}
    onClick={onPress}
  >
    <Icon name={icon} />
  </button>
);
