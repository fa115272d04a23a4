import { useStore } from 'aist-client/preact';
import type { ComponentChildren } from 'preact';
import { words } from '../app/words.ts';
import { Button } from './button.tsx';
import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';
import { Spinner } from './spinner.tsx';

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: string;
  /** What one may do about it. */
  readonly children?: ComponentChildren;
}

/** Says that there is nothing, and what to do about it. */
export const Empty = ({ icon, title, text, children }: EmptyProps) => (
  <div class="state">
    <span class="state-icon">
      <Icon name={icon} size={32} />
    </span>
    <h2>{title}</h2>
    {text && <p class="dim">{text}</p>}
    {children}
  </div>
);

/** Says that something is being loaded. */
export const Loading = () => (
  <div class="state" role="status">
    <Spinner />
    <span class="visually-hidden">{useStore(words).frame.loading}</span>
  </div>
);

/** Says what could not be loaded, and offers to try again. */
export const Failed = ({ why, onRetry }: { why: string; onRetry: () => void }) => (
  <div class="state" role="alert">
    <h2>{useStore(words).frame.failed}</h2>
    <p class="dim">{why}</p>
    <Button look="plain" onPress={onRetry}>
      {useStore(words).frame.retry}
    </Button>
  </div>
);
