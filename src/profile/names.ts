/** The usernames that nobody may take [H28]. */
const RESERVED = new Set(
  `aist admin administrator support help info service bot telegram system null undefined moderator
  mod official root staff team aist_support aist_admin aist_team aist_official moderation
  service_aist official_aist manager owner creator founder security pr press news media contact
  feedback noreply mail email api www ftp test demo guest anonymous user username account`.split(
    /\s+/,
  ),
);

const USERNAME_LENGTH = { min: 2, max: 32 };
const DISPLAY_NAME_LENGTH = 64;

/** A username that can be taken, or why it cannot; `undefined` = the present one stays. */
export type ParsedUsername =
  | { readonly ok: true; readonly username: string | undefined }
  | { readonly ok: false; readonly reason: 'username_too_short' | 'username_reserved' };

/**
 * Brings a username to the form it is kept in: without a leading `@`, lower case, `a–z 0–9 _`, at
 * most 32 characters [H27].
 */
export const parseUsername = (input: string): ParsedUsername => {
  const username = input
    .replace(/^@/, '')
    .toLowerCase()
    .trim()
    .replace(/[^a-z0-9_]/g, '')
    .slice(0, USERNAME_LENGTH.max);
  if (username === '') return { ok: true, username: undefined };
  if (username.length < USERNAME_LENGTH.min) return { ok: false, reason: 'username_too_short' };
  if (RESERVED.has(username)) return { ok: false, reason: 'username_reserved' };
  return { ok: true, username };
};

/**
 * Characters that nobody sees: white space, format characters, the fillers of Hangul and Khitan,
 * the empty pattern of Braille and the empty head of a note.
 */
const UNSEEN = /[\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800\u{16FE4}\u{1D159}]/gu;

/** Returns a display name, or "" in place of one that nobody sees [H30]. */
export const toShownName = (name: string): string => (name.replace(UNSEEN, '') === '' ? '' : name);

/**
 * Brings a display name to the form it is kept in: trimmed, at most 64 code points, and not cut
 * within what people see as one character [H30].
 */
export const trimDisplayName = (input: string): string => {
  const name = input.trim();
  if ([...name].length <= DISPLAY_NAME_LENGTH) return name;
  let kept = '';
  let length = 0;
  for (const { segment } of new Intl.Segmenter('ru').segment(name)) {
    length += [...segment].length;
    if (length > DISPLAY_NAME_LENGTH) break;
    kept += segment;
  }
  // The name is one single "character" of more than 64 code points.
  return (kept || [...name].slice(0, DISPLAY_NAME_LENGTH).join('')).trimEnd();
};
