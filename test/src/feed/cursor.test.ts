import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sync } from '../../../src/contract/http/sync.ts';
import { formatCursor, parseCursor } from '../../../src/feed/cursor.ts';

const user = fc.uuid();
const place = fc.record({
  n: fc.integer({ min: 0, max: 36 ** 10 - 1 }),
  at: fc.integer({ min: 0, max: 36 ** 9 - 1 }),
});

describe('the cursor of a feed', () => {
  test('[M24] it holds the place that it was made of, and fits into the query', async () => {
    await fc.assert(
      fc.asyncProperty(user, place, async (userId, made) => {
        const cursor = await formatCursor(userId, made);
        expect(await parseCursor(userId, cursor)).toEqual(made);
        expect(sync.query.parse({ since: cursor })).toEqual({ since: cursor });
        expect(cursor).toBe(encodeURIComponent(cursor));
      }),
    );
  });

  test('[M24] it says nothing to another user', async () => {
    await fc.assert(
      fc.asyncProperty(user, user, place, async (userId, other, made) => {
        fc.pre(userId !== other);
        expect(await parseCursor(other, await formatCursor(userId, made))).toBeUndefined();
      }),
    );
  });

  test('[M24] it says nothing when one character of it differs, or some are missing', async () => {
    await fc.assert(
      fc.asyncProperty(user, place, fc.nat(), fc.string(), async (userId, made, where, text) => {
        const cursor = await formatCursor(userId, made);
        const at = where % cursor.length;
        const garbled = `${cursor.slice(0, at)}${text}${cursor.slice(at + 1)}`;
        fc.pre(garbled !== cursor);
        expect(await parseCursor(userId, garbled)).toBeUndefined();
        expect(await parseCursor(userId, cursor.slice(0, at))).toBeUndefined();
      }),
    );
  });

  test('[M24] any other text is no cursor', async () => {
    const texts = ['', '0', '0.0', 'NaN.NaN.NaN', '-1.-1.aaaaaaaa', '1e9.1e9.aaaaaaaa', '..'];
    const long = [
      'zzzzzzzzzzzzz.0.aaaaaaaa',
      'z'.repeat(128),
      `${'9'.repeat(119)}.9.${'a'.repeat(6)}`,
    ];
    for (const text of [...texts, ...long]) {
      expect(await parseCursor('somebody', text)).toBeUndefined();
    }
    expect(await parseCursor('somebody', undefined)).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 128 }), async (text) => {
        expect(await parseCursor('somebody', text)).toBeUndefined();
      }),
    );
  });
});
