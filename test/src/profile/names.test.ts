import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseUsername, toShownName, trimDisplayName } from '../../../src/profile/names.ts';

/** All reserved usernames [H28]. */
const RESERVED = [
  ...[
    'aist',
    'admin',
    'administrator',
    'support',
    'help',
    'info',
    'service',
    'bot',
    'telegram',
    'system',
    'null',
  ],
  ...[
    'undefined',
    'moderator',
    'mod',
    'official',
    'root',
    'staff',
    'team',
    'aist_support',
    'aist_admin',
    'aist_team',
  ],
  ...[
    'aist_official',
    'moderation',
    'service_aist',
    'official_aist',
    'manager',
    'owner',
    'creator',
    'founder',
  ],
  ...[
    'security',
    'pr',
    'press',
    'news',
    'media',
    'contact',
    'feedback',
    'noreply',
    'no-reply',
    'mail',
    'email',
    'api',
  ],
  ...['www', 'ftp', 'test', 'demo', 'guest', 'anonymous', 'user', 'username', 'account'],
];

describe('a username', () => {
  test.each([
    ['alice', 'alice'],
    ['@alice', 'alice'],
    ['@@alice', 'alice'],
    ['  alice  ', 'alice'],
    [' @alice', 'alice'],
    ['Alice_99', 'alice_99'],
    ['al.i-c e!', 'alice'],
    ['алиса_al', '_al'],
    ['a\u{1F600}b', 'ab'],
    ['__', '__'],
    ['42', '42'],
    ['ab', 'ab'],
    ['a'.repeat(32), 'a'.repeat(32)],
    ['a'.repeat(33), 'a'.repeat(32)],
    [`@${'-'.repeat(50)}${'b'.repeat(40)}`, 'b'.repeat(32)],
    ['admins', 'admins'],
    ['the_admin', 'the_admin'],
  ])('[H27] %j is kept as %j', (given, kept) => {
    expect(parseUsername(given)).toEqual({ ok: true, username: kept });
  });

  test.each(['', '@', ' ', '@@@', 'Алиса', '!!!', '\u{1F600}'])(
    '[H27] a username of which nothing is left stays what it was: %j',
    (given) => {
      expect(parseUsername(given)).toEqual({ ok: true, username: undefined });
    },
  );

  test.each(['a', '@a', ' A ', 'Яa', '_', '7'])(
    '[H27] a username under two characters is too short: %j',
    (given) => {
      expect(parseUsername(given)).toEqual({ ok: false, reason: 'username_too_short' });
    },
  );

  test.each(RESERVED)('[H28] %s is reserved, however it is written', (name) => {
    for (const given of [name, `@${name}`, ` ${name} `, name.toUpperCase(), [...name].join('.')]) {
      expect(parseUsername(given), given).toEqual({ ok: false, reason: 'username_reserved' });
    }
  });

  test('[H27] a username is 2 to 32 of a–z, 0–9 and _, and stays so when read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (given) => {
        const parsed = parseUsername(given);
        if (!parsed.ok || parsed.username === undefined) return;
        expect(parsed.username).toMatch(/^[a-z0-9_]{2,32}$/);
        expect(parseUsername(parsed.username)).toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });
});

const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
const FLAG = '\u{1F1F7}\u{1F1FA}';
const THUMB = '\u{1F44D}\u{1F3FD}';
const ACCENTED = 'e\u0301';
const letters = (count: number) => 'я'.repeat(count);

describe('a display name', () => {
  test.each([
    ['  Алиса  ', 'Алиса'],
    ['\t\u00A0Алиса\n', 'Алиса'],
    ['А  Б', 'А  Б'],
    ['   ', ''],
    ['', ''],
  ])('[H30] the name %j is trimmed to %j', (given, kept) => {
    expect(trimDisplayName(given)).toBe(kept);
  });

  test.each([
    ['64 letters', letters(64), letters(64)],
    ['65 letters', letters(65), letters(64)],
    ['64 letters between spaces', ` ${letters(64)} `, letters(64)],
    ['a space at the cut', `${letters(63)} ${letters(5)}`, letters(63)],
    ['64 emoji, which are 128 UTF-16 units', '\u{1F600}'.repeat(64), '\u{1F600}'.repeat(64)],
    ['an emoji in the last place', `${letters(63)}\u{1F600}`, `${letters(63)}\u{1F600}`],
    ['an emoji past the last place', `${letters(64)}\u{1F600}`, letters(64)],
    ['an accented letter that just fits', `${letters(62)}${ACCENTED}`, `${letters(62)}${ACCENTED}`],
    ['an accented letter across the cut', `${letters(63)}${ACCENTED}`, letters(63)],
    ['a family that just fits', `${letters(57)}${FAMILY}`, `${letters(57)}${FAMILY}`],
    ['a family across the cut', `${letters(58)}${FAMILY}`, letters(58)],
    ['a flag across the cut', `${letters(63)}${FLAG}`, letters(63)],
    ['a skin tone across the cut', `${letters(63)}${THUMB}`, letters(63)],
    [
      'a letter with more accents than there is room',
      `a${'\u0301'.repeat(100)}`,
      `a${'\u0301'.repeat(63)}`,
    ],
  ])('[H30] a name is cut to 64, never through a character: %s', (_, given, kept) => {
    expect(trimDisplayName(given)).toBe(kept);
  });

  test('[H30] a name is at most 64 code points, well-formed, trimmed, and stays so', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 3 }),
      fc.constantFrom(FAMILY, FLAG, THUMB, ACCENTED, ' ', '\u0301'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const given = pieces.join('');
        const kept = trimDisplayName(given);
        expect([...kept].length).toBeLessThanOrEqual(64);
        expect(kept.isWellFormed()).toBe(true);
        expect(kept).toBe(kept.trim());
        expect(given.trim().startsWith(kept)).toBe(true);
        expect(trimDisplayName(kept)).toBe(kept);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a name that nobody sees', () => {
  test.each(['', ' ', '\u3164', '\u2800 \u2800', '\u115F\u1160', '\u200F'])(
    '[H30] %j is no name',
    (name) => {
      expect(toShownName(name)).toBe('');
    },
  );

  test.each(['Я', '.', '\u{1F468}', '\u{1FAE9}', '\u3164x'])('[H31] %j is a name', (name) => {
    expect(toShownName(name)).toBe(name);
  });
});
