import { useStore } from 'aist-client/preact';
import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso/router';
import type { IconName } from '../parts/icon.tsx';
import { Icon } from '../parts/icon.tsx';
import { words } from './words.ts';

/** The sections of the app, and which addresses belong to each. */
const SECTIONS = [
  { href: '/', icon: 'chats', word: 'chats', owns: /^\/(c\/.*|sign-in)?$/ },
  { href: '/calls', icon: 'call', word: 'calls', owns: /^\/calls?(\/|$)/ },
  { href: '/people', icon: 'people', word: 'people', owns: /^\/people(\/|$)/ },
  { href: '/settings', icon: 'settings', word: 'settings', owns: /^\/(settings|qr)(\/|$)/ },
] as const satisfies readonly { icon: IconName; [key: string]: unknown }[];

/** Addresses that have the whole screen of a phone, without the sections. */
const WHOLE = /^\/(c|call|settings|qr|welcome)(\/.+|$)/;

interface ShellProps {
  /** What stands above each page. */
  readonly banner: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame around each page: the sections, and the page. */
export const Shell = ({ banner, children }: ShellProps) => {
  const { path } = useLocation();
  const { frame } = useStore(words);
  return (
    <div class={`shell${WHOLE.test(path) && path !== '/settings' ? ' whole' : ''}`}>
      <a class="skip" href="#content">
        {frame.skip}
      </a>
      <nav class="sections" aria-label={frame.nav}>
        {SECTIONS.map(({ href, icon, word, owns }) => (
          <a key={href} href={href} aria-current={owns.test(path) ? 'page' : undefined}>
            <Icon name={icon} />
            <span>{frame[word]}</span>
          </a>
        ))}
      </nav>
      <main id="content" tabIndex={-1}>
        {banner}
        {children}
      </main>
    </div>
  );
};
