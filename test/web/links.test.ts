import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findLinks, readLink, readPicture, readVideo } from '../../web/src/app/links.ts';

const hrefs = (text: string) => findLinks(text).flatMap(({ href }) => href ?? []);

describe('links in a text', () => {
  test.each([
    ['See https://aist.example/a.', ['https://aist.example/a']],
    ['(https://aist.example/a_(b))', ['https://aist.example/a_(b)']],
    [
      'http://aist.example?q=1&r=2 and HTTPS://AIST.EXAMPLE',
      ['http://aist.example/?q=1&r=2', 'https://aist.example/'],
    ],
    [
      '«https://aist.example/привет»',
      ['https://aist.example/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82'],
    ],
    ['<https://aist.example/">x', ['https://aist.example/']],
  ])('of %s are found without what stands around them', (text, found) => {
    expect(hrefs(text)).toEqual(found);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'java\nscript:alert(1)',
    'vbscript:x',
    'file:///etc/passwd',
    'https://name:password@aist.example/',
    'https://',
    'aist.example',
    'xhttps://aist.example',
  ])('are not made of %j', (text) => {
    expect(hrefs(text)).toEqual([]);
    expect(readLink(text)).toBeUndefined();
  });

  test('lead to the web alone, and no text is lost, whatever is written', () => {
    const words = fc.constantFrom(
      'https://',
      'http://',
      'javascript:',
      'a.example',
      '/',
      '@',
      ')',
      ' ',
    );
    const text = fc.array(fc.oneof(words, fc.string({ unit: 'grapheme', maxLength: 5 })));
    fc.assert(
      fc.property(text, (parts) => {
        const written = parts.join('');
        const pieces = findLinks(written);
        expect(pieces.map((piece) => piece.text).join('')).toBe(written);
        for (const { href } of pieces)
          if (href) expect(['http:', 'https:']).toContain(new URL(href).protocol);
      }),
    );
  });
});

describe('an attachment', () => {
  test.each([
    ['data:image/png;base64,iVBORw0KGgo=', true],
    ['https://aist.example/a.png', true],
    ['http://aist.example/a.png', false],
    ['data:image/svg+xml;base64,PHN2Zy8+', false],
    ['data:text/html;base64,PHN2Zy8+', false],
    ['data:image/png,<svg/>', false],
    ['data:image/png;base64,iVBO"onerror="x', false],
    ['javascript:alert(1)', false],
    ['blob:https://aist.example/1', false],
    ['', false],
  ])('with the address %s is a picture: %s', (url, isPicture) => {
    expect(readPicture(url) !== undefined).toBe(isPicture);
  });

  test('is a video by the same rules', () => {
    expect(readVideo('data:video/mp4;base64,AAAA')).toBeInstanceOf(Blob);
    expect(readVideo('https://aist.example/a.mp4')).toBe('https://aist.example/a.mp4');
    for (const url of ['data:text/html;base64,AAAA', 'javascript:alert(1)', 'http://a.example/'])
      expect(readVideo(url)).toBeUndefined();
  });
});
