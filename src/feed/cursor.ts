import { sha256 } from '../platform/random.ts';

/** How far somebody has read their feed. */
export interface Place {
  /** The number of the last entry that they were told; 0 = none. */
  readonly n: number;
  /**
   * A time in milliseconds, by the database's clock: not before that entry was written, and not
   * after those behind it were.
   */
  readonly at: number;
}

/** `<n, base 36>.<at, base 36>.<seal>`: both numbers are whole and safe. */
const CURSOR = /^(([0-9a-z]{1,10})\.([0-9a-z]{1,9}))\.([\w-]{8})$/;

/**
 * Seals a place, so that a cursor that was cut, mixed up or given to somebody else is not taken for
 * theirs. It need not be secret: who makes one up misses changes of their own chats.
 */
const seal = (userId: string, place: string): Promise<string> => sha256(`${userId}.${place}`, 6);

/** Formats a place as the cursor that a client sends back. */
export const formatCursor = async (userId: string, { n, at }: Place): Promise<string> => {
  const place = `${n.toString(36)}.${at.toString(36)}`;
  return `${place}.${await seal(userId, place)}`;
};

/** Parses a cursor of {@link formatCursor}; undefined for none, a bad one, or another user's. */
export const parseCursor = async (
  userId: string,
  cursor: string | undefined,
): Promise<Place | undefined> => {
  const [, place = '', n = '', at = '', sealed] = CURSOR.exec(cursor ?? '') ?? [];
  if (sealed === undefined || sealed !== (await seal(userId, place))) return undefined;
  return { n: Number.parseInt(n, 36), at: Number.parseInt(at, 36) };
};
