import { useStore } from 'aist-client/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../app/words.ts';
import { Icon } from './icon.tsx';

interface PageProps {
  readonly title: string;
  /** Where the arrow leads; without it there is none. */
  readonly back?: string;
  /** Buttons at the end of the bar. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/**
 * A page: its bar and what is below. The heading gets the focus when the page comes, so that
 * keyboard and screen reader begin there, and the title of the tab says where one is.
 */
export const Page = ({ title, back, actions, children }: PageProps) => {
  const { frame } = useStore(words);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · AIST`;
  }, [title]);
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <div class="page">
      <header class="bar">
        {back !== undefined && (
          <a class="icon-button" href={back} aria-label={frame.back}>
            <Icon name="back" />
          </a>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="bar-actions">{actions}</div>}
      </header>
      <div class="page-body">{children}</div>
    </div>
  );
};
