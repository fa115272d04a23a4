import { appendFileSync, readFileSync } from 'node:fs';

/** What no log may hold, by the text to look for. */
export type SeenSecrets = ReadonlyMap<string, string>;

/**
 * The fields of answers that only their client may know, by name, and what of them to look for: a
 * code, or the last 43 characters, which are the secret half of a poll token or a room's id, and
 * the signature of a JWT.
 */
const FIELDS: Readonly<Record<string, string>> = {
  debugCode: 'a code of 6 digits',
  code: 'a QR code',
  pollToken: 'a poll token',
  room: 'the id of a room',
  token: 'a token',
};

/** Takes note of what an answer of the API told its client, in the file of the stack. */
export const noteSecrets = (
  file: string,
  status: number,
  body: Readonly<Record<string, unknown>>,
): void => {
  // The `code` of an error is none.
  if (status >= 300) return;
  const lines = Object.entries(FIELDS).flatMap(([field, rule]) => {
    const value = body[field];
    return typeof value === 'string' ? [`${value.slice(-43)} ${rule}\n`] : [];
  });
  if (lines.length > 0) appendFileSync(file, lines.join(''));
};

/** All that was taken note of in a file. */
export const secretsIn = (file: string): SeenSecrets =>
  new Map(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );

/**
 * Where a secret can be in a line: 43 characters of base64url, 6 of QR codes or 6 digits, also
 * within something longer.
 */
const PLACES = [/(?=([\w-]{43}))/g, /(?=([A-HJ-NP-Z2-9]{6}))/g, /(?<!\d)(\d{6})(?!\d)/g];

/** Those of them that a line holds, the longest first. */
export const secretsOfLine = (
  line: string,
  seen: SeenSecrets,
): { readonly text: string; readonly rule: string }[] =>
  PLACES.flatMap((place) =>
    [...line.matchAll(place)].flatMap(([, text = '']) => {
      const rule = seen.get(text);
      return rule === undefined ? [] : [{ text, rule }];
    }),
  );
