import type { InboxServerFrame } from '../contract.ts';
import type { CallInProgress, InboxEvents, Ring, StopReason } from './types.ts';

/** A frame of the inbox by its type. */
export type FrameOf<Type extends InboxServerFrame['type']> = Extract<
  InboxServerFrame,
  { type: Type }
>;

/** What an inbox tells, with its name. */
export type Told = {
  readonly [Name in keyof InboxEvents]: { readonly name: Name; readonly event: InboxEvents[Name] };
}[keyof InboxEvents];

/** What rings, and the call that this user is in. */
export interface RingBook {
  readonly rings: readonly Ring[];
  readonly inCall?: CallInProgress | undefined;
  /** Calls that this browser has answered or refused: they ring no more, whatever comes late. */
  readonly settled: readonly { readonly call: string; readonly until: number }[];
}

/** A book after something, and what is told of it. */
export interface RingStep {
  readonly book: RingBook;
  readonly told: readonly Told[];
}

/** How long a call that was settled is remembered at least, in milliseconds. */
const SETTLED_MS = 60_000;

/** A book in which nothing rings. */
export const EMPTY_BOOK: RingBook = { rings: [], settled: [] };

const tellStop = (ring: Ring, reason: StopReason): readonly Told[] => {
  const stopped: Told = { name: 'stopped', event: { ring, reason } };
  const wasSeen = reason === 'declined' || reason === 'answered_elsewhere';
  return wasSeen ? [stopped] : [stopped, { name: 'missed', event: { ring } }];
};

const toRing = (
  { call, from, video, group, ringsForMs }: Omit<FrameOf<'ring'>, 'type'>,
  at: number,
): Ring => ({ call, from, video, group, until: at + ringsForMs });

const isSettled = ({ settled }: RingBook, call: string): boolean =>
  settled.some((one) => one.call === call);

/** A call rings, or rings on. */
export const addRing = (book: RingBook, frame: FrameOf<'ring'>, at: number): RingStep => {
  const ring = toRing(frame, at);
  if (isSettled(book, ring.call)) return { book, told: [] };
  const isKnown = book.rings.some(({ call }) => call === ring.call);
  const rings = isKnown
    ? book.rings.map((known) => (known.call === ring.call ? ring : known))
    : [...book.rings, ring];
  return { book: { ...book, rings }, told: [] };
};

/** A call rings no longer. */
export const stopRing = (book: RingBook, call: string, reason: StopReason): RingStep => {
  const stopped = book.rings.filter((ring) => ring.call === call);
  if (stopped.length === 0) return { book, told: [] };
  const rings = book.rings.filter((ring) => ring.call !== call);
  return { book: { ...book, rings }, told: stopped.flatMap((ring) => tellStop(ring, reason)) };
};

/** Other rings take the place of those that are known; who is missing has stopped meanwhile. */
const replaceRings = (book: RingBook, next: RingBook, now: number): RingStep => {
  const gone = book.rings.filter((ring) => !next.rings.some(({ call }) => call === ring.call));
  const reasonOf = ({ call, until }: Ring): StopReason => {
    if (next.inCall?.call === call || isSettled(next, call)) return 'answered_elsewhere';
    return until <= now ? 'missed' : 'cancelled';
  };
  return { book: next, told: gone.flatMap((ring) => tellStop(ring, reasonOf(ring))) };
};

/** The room has said all that rings. */
export const welcomeRings = (
  book: RingBook,
  { rings, inCall }: FrameOf<'welcome'>,
  [at, now]: readonly [at: number, now: number],
): RingStep => {
  const ringing = rings
    .map((ring) => toRing(ring, at))
    .filter(({ call }) => !isSettled(book, call));
  const order = book.rings.map(({ call }) => call);
  // Those that rang before keep their places.
  const place = ({ call }: Ring) => (order.includes(call) ? order.indexOf(call) : order.length);
  ringing.sort((a, b) => place(a) - place(b));
  return replaceRings(book, { ...book, rings: ringing, inCall }, now);
};

/** Another tab has said all that it knows. */
export const adoptBook = (book: RingBook, of: RingBook, now: number): RingStep => {
  const settled = [...of.settled, ...book.settled.filter(({ call }) => !isSettled(of, call))];
  const rings = of.rings.filter(({ call }) => !isSettled(book, call));
  return replaceRings(book, { ...of, rings, settled }, now);
};

/** This browser has answered or refused a call: it rings in none of its tabs. */
export const settleRing = (book: RingBook, call: string, now: number): RingBook => {
  const ring = book.rings.find((one) => one.call === call);
  const until = Math.max(ring?.until ?? 0, now + SETTLED_MS);
  const settled = [...book.settled.filter((one) => one.call !== call), { call, until }];
  const rings = ring ? book.rings.filter((one) => one !== ring) : book.rings;
  return { ...book, rings, settled };
};

/** What has rung for long enough stops, whatever is heard. */
export const expireRings = (book: RingBook, now: number): RingStep => {
  const over = book.rings.filter(({ until }) => until <= now);
  const settled = book.settled.filter(({ until }) => until > now);
  if (over.length === 0 && settled.length === book.settled.length) return { book, told: [] };
  const rings = over.length > 0 ? book.rings.filter(({ until }) => until > now) : book.rings;
  return {
    book: { ...book, rings, settled },
    told: over.flatMap((ring) => tellStop(ring, 'missed')),
  };
};

/** When something of a book ends by itself. */
export const bookDeadline = ({ rings, settled }: RingBook): number | undefined => {
  const ends = [...rings, ...settled].map(({ until }) => until);
  return ends.length > 0 ? Math.min(...ends) : undefined;
};
