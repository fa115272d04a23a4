import { describe, expect, test } from 'vitest';
import {
  ATTACHMENT_TYPES,
  LINK_LIMIT,
  SentAttachment,
} from '../../../src/contract/http/attachment.ts';

const read = (given: unknown) => {
  const parsed = SentAttachment.safeParse(given);
  return parsed.success ? parsed.data : parsed.error.issues[0]?.message;
};
const image = (url: unknown) => read({ type: 'image', url });
const REFUSED = 'invalid_attachment';

describe('an attachment that is sent', () => {
  const allowed = Object.entries(ATTACHMENT_TYPES).flatMap(([type, subtypes]) =>
    subtypes.map((subtype) => ({ type, url: `data:${type}/${subtype};base64,iVBORw0KGgo=` })),
  );

  test.each(allowed)('[M13] $url is a file', (attachment) => {
    expect(read(attachment)).toEqual(attachment);
  });

  test.each(allowed)('[M13] $url is no file of the other type', ({ type, url }) => {
    expect(read({ type: type === 'image' ? 'video' : 'image', url })).toBe(REFUSED);
  });

  test.each([
    'data:image/svg+xml;base64,PHN2Zy8+',
    'data:text/html;base64,PGI+',
    'data:image/png;charset=utf-8;base64,AAAA',
    'data:image/png;x=text/html;base64,AAAA',
    'data:image/png,AAAA',
    'data:image/png;base64,',
    'data:image/png;base64,AAA',
    'data:image/png;base64,A===',
    'data:image/png;base64,AA=A',
    'data:image/png;base64,AAAA\n',
    'data:image/png;base64,AAAA AAA',
    'data:image/png;base64,AAA-',
    'data:image/png;base64,<script>=',
    ' data:image/png;base64,AAAA',
    'DATA:image/png;base64,AAAA',
    'data:image/png;base64,AAAA,AAAA',
    'data:;base64,AAAA',
    'data:image/;base64,AAAA',
    'data:',
    '',
  ])('[M13] %j is no file', (url) => {
    expect(image(url)).toBe(REFUSED);
  });

  test('[M13] a file of a megabyte is read at once', () => {
    const url = `data:image/png;base64,${'A'.repeat(1_400_000)}`;
    expect(image(url)).toEqual({ type: 'image', url });
    expect(image(`${url.slice(0, -1)}!`)).toBe(REFUSED);
  });

  test.each([
    ['https://example.com/a.png', 'https://example.com/a.png'],
    ['HTTPS://EXAMPLE.com', 'https://example.com/'],
    ['https://example.com/ё b', 'https://example.com/%D1%91%20b'],
    ['https://example.com/a\tb', 'https://example.com/ab'],
    ['https://example.com/"><script>', 'https://example.com/%22%3E%3Cscript%3E'],
  ])('[M13] of the link %j what was understood is kept: %s', (url, kept) => {
    expect(image(url)).toEqual({ type: 'image', url: kept });
  });

  test.each([
    'javascript:alert(1)',
    'http://example.com/a.png',
    'blob:https://example.com/1',
    'ftp://example.com/a.png',
    '//example.com/a.png',
    '/a.png',
    'https://',
    'https://a b/',
    'https://user@example.com/',
    'https://user:password@example.com/',
    ' https://example.com/',
    `https://example.com/${'a'.repeat(LINK_LIMIT)}`,
    `https://example.com/${'ё'.repeat(LINK_LIMIT / 4)}`,
  ])('[M13] %j is no link', (url) => {
    expect(image(url)).toBe(REFUSED);
  });

  test.each([
    ...[null, 'https://example.com/a.png', 7, true, [], {}],
    ...[{ type: 'image' }, { url: 'https://example.com/a.png' }],
    { type: 'file', url: 'https://example.com/a.png' },
    { type: ['image'], url: 'https://example.com/a.png' },
    { type: 'image', url: 7 },
    { type: 'image', url: null },
    { type: 'image', url: { href: 'https://example.com/a.png' } },
    { type: 'image', url: 'https://example.com/\0' },
    { type: 'image', url: 'https://example.com/\ud800' },
  ])('[M13] %j is no attachment', (given) => {
    expect(read(given)).toBe(REFUSED);
  });

  test('[M13] further fields are not kept', () => {
    const url = 'https://example.com/a.png';
    expect(read({ type: 'image', url, onload: 'x' })).toEqual({ type: 'image', url });
  });
});
