import * as z from 'zod';
import { text } from './fields.ts';

/** The types of files that an attachment may hold. SVG is not among them: it can hold scripts. */
export const ATTACHMENT_TYPES = {
  image: ['png', 'jpeg', 'gif', 'webp', 'avif', 'bmp', 'heic', 'heif'],
  video: ['mp4', 'webm', 'ogg', 'quicktime', '3gpp', 'x-m4v', 'x-matroska'],
} as const;

/** The longest `https:` URL of an attachment, in characters. */
export const LINK_LIMIT = 2_048;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A `data:` URL without parameters, which could make it a page. */
const isFile = (type: keyof typeof ATTACHMENT_TYPES, url: string): boolean => {
  const comma = url.indexOf(',');
  const allowed = ATTACHMENT_TYPES[type].map((subtype) => `data:${type}/${subtype};base64`);
  const content = url.slice(comma + 1);
  return allowed.includes(url.slice(0, comma)) && content.length % 4 === 0 && BASE64.test(content);
};

/** Reads a link as browsers do, or undefined if it is not an `https:` one without a password. */
const parseLink = (url: string): string | undefined => {
  if (!/^https:\/\//i.test(url) || url.length > LINK_LIMIT) return undefined;
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'https:' || parsed.username !== '' || parsed.password !== '')
    return undefined;
  return parsed.href.length > LINK_LIMIT ? undefined : parsed.href;
};

/** An attachment that is sent; the output is what is kept [M13]. */
export const SentAttachment = z
  .object(
    {
      type: z.enum(['image', 'video'], 'invalid_attachment'),
      url: text('invalid_attachment'),
    },
    'invalid_attachment',
  )
  .transform(({ type, url }, { addIssue }) => {
    const kept = isFile(type, url) ? url : parseLink(url);
    if (kept !== undefined) return { type, url: kept };
    addIssue({ code: 'custom', message: 'invalid_attachment' });
    return z.NEVER;
  });

export type SentAttachment = z.output<typeof SentAttachment>;
