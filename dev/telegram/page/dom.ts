/** The element of the page that matches; it is there, since the page was written with it. */
export const find = <Found extends Element = HTMLElement>(selector: string): Found => {
  const found = document.querySelector<Found>(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return found;
};

/** Makes an element with attributes and children; a text is only ever a text node. */
export const el = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Tag] => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

/** Makes a button that does something. */
export const button = (
  text: string,
  press: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement => {
  const node = el('button', { type: 'button', ...attributes }, [text]);
  node.addEventListener('click', press);
  return node;
};

/** Makes a link that opens elsewhere. */
export const linkTo = (href: string, text = href): HTMLAnchorElement =>
  el('a', { href, target: '_blank', rel: 'noreferrer' }, [text]);

const formatAs = (options: Intl.DateTimeFormatOptions) => (seconds: number) =>
  new Intl.DateTimeFormat('ru', options).format(seconds * 1000);

const clockOf = formatAs({ hour: '2-digit', minute: '2-digit' });

/** The day of a time in seconds since 1970. */
export const dayOf = formatAs({ day: 'numeric', month: 'long' });

/** Makes the element that shows a time in seconds since 1970. */
export const timeOf = (seconds: number, note = ''): HTMLTimeElement =>
  el('time', { datetime: new Date(seconds * 1000).toISOString() }, [note, clockOf(seconds)]);
