/** A piece of a text: plain, or a link that was found in it. */
export interface Piece {
  readonly text: string;
  readonly href?: string;
}

/** What looks like a link; its end is cut below. */
const LINK = /\bhttps?:\/\/[^\s<>"'`]+/giu;

/** Marks that end a sentence rather than a link, and brackets that were opened before it. */
const TAIL = /[.,:;!?…)\]}»”’]+$/u;

/** Cuts marks off the end; a bracket stays when it is opened in the link itself. */
const cutTail = (found: string): string => {
  const tail = TAIL.exec(found)?.[0] ?? '';
  if (tail === '') return found;
  const cut = found.slice(0, -tail.length);
  return tail.startsWith(')') && cut.split('(').length > cut.split(')').length ? `${cut})` : cut;
};

/** An address that may be opened: http or https, without a password that hides where it leads. */
export const readLink = (text: string): string | undefined => {
  try {
    const { protocol, username, password, href } = new URL(text);
    const isWeb = protocol === 'http:' || protocol === 'https:';
    return isWeb && username === '' && password === '' ? href : undefined;
  } catch {
    return undefined;
  }
};

/** Splits a text at its links. What comes out together is the very text that went in. */
export const findLinks = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const shown = cutTail(found);
    const href = readLink(shown);
    if (!href) continue;
    if (index > from) pieces.push({ text: text.slice(from, index) });
    pieces.push({ text: shown, href });
    from = index + shown.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
};

const IMAGE = /^data:image\/(png|jpeg|gif|webp|avif|bmp|heic|heif);base64,[A-Za-z0-9+/]+={0,2}$/;
const VIDEO =
  /^data:(video\/(?:mp4|webm|ogg|quicktime|3gpp|x-m4v|x-matroska));base64,([A-Za-z0-9+/]+={0,2})$/;

/** The address of a picture that may be shown; undefined when it is anything else. */
export const readPicture = (url: string | undefined | null): string | undefined => {
  if (!url) return undefined;
  if (IMAGE.test(url)) return url;
  const link = readLink(url);
  return link?.startsWith('https:') ? link : undefined;
};

/** A video that may be opened: a file that came with the message, or an https address. */
export const readVideo = (url: string | undefined): Blob | string | undefined => {
  const [, type, content] = VIDEO.exec(url ?? '') ?? [];
  if (type && content) {
    const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
    return new Blob([bytes], { type });
  }
  const link = readLink(url ?? '');
  return link?.startsWith('https:') ? link : undefined;
};
