import type { RingBook, RingFrame } from './state.ts';
import type { Step } from './step.ts';
import { INBOX_MS, tell } from './step.ts';
import type { Ring, StopReason } from './types.ts';

const toRing = ({ call, from, video, group, ringsForMs }: RingFrame, at: number): Ring => ({
  call,
  from,
  video,
  group,
  until: at + (ringsForMs ?? INBOX_MS.ring),
});

const has = (calls: readonly { readonly call: string }[], call: string): boolean =>
  calls.some((one) => one.call === call);

/**
 * Shows other rings. Who is missing has stopped, and the listeners hear why, unless no reason is
 * given.
 */
const setRings = (
  step: Step,
  changed: Partial<RingBook> & Pick<RingBook, 'rings'>,
  reasonOf: (ring: Ring) => StopReason | undefined,
): void => {
  const { book } = step.state;
  step.state.book = { ...book, ...changed };
  for (const ring of book.rings) {
    const reason = has(changed.rings, ring.call) ? undefined : reasonOf(ring);
    if (!reason) continue;
    tell(step, 'stopped', { ring, reason });
    if (reason !== 'declined' && reason !== 'answered_elsewhere') tell(step, 'missed', { ring });
  }
};

/** A call rings, or rings on. */
export const addRing = ({ state }: Step, frame: RingFrame, at: number): void => {
  const { book } = state;
  const ring = toRing(frame, at);
  if (has(book.settled, ring.call)) return;
  const rings = has(book.rings, ring.call)
    ? book.rings.map((known) => (known.call === ring.call ? ring : known))
    : [...book.rings, ring];
  state.book = { ...book, rings };
};

/** A call rings no longer. */
export const stopRing = (step: Step, call: string, reason: StopReason | undefined): void => {
  const rings = step.state.book.rings.filter((ring) => ring.call !== call);
  setRings(step, { rings }, () => reason);
};

/** Somebody who knows has said all that rings: who is missing has stopped meanwhile. */
const replaceRings = (step: Step, next: RingBook): void => {
  setRings(step, next, ({ call, until }) => {
    if (next.inCall?.call === call || has(next.settled, call)) return 'answered_elsewhere';
    return until <= step.now ? 'missed' : 'cancelled';
  });
};

/** The room has said all that rings. */
export const welcomeRings = (
  step: Step,
  { rings, inCall }: { readonly rings: readonly RingFrame[]; readonly inCall?: RingBook['inCall'] },
  at: number,
): void => {
  const { book } = step.state;
  const told = rings.map((ring) => toRing(ring, at)).filter(({ call }) => !has(book.settled, call));
  // Those that rang before keep their places.
  const known = book.rings.flatMap(({ call }) => told.filter((ring) => ring.call === call));
  const fresh = told.filter(({ call }) => !has(known, call));
  replaceRings(step, { ...book, rings: [...known, ...fresh], inCall });
};

/** Another tab has said all that it knows. */
export const adoptBook = (step: Step, of: RingBook): void => {
  const { settled } = step.state.book;
  replaceRings(step, {
    ...of,
    rings: of.rings.filter(({ call }) => !has(settled, call)),
    settled: [...of.settled, ...settled.filter(({ call }) => !has(of.settled, call))],
  });
};

/** This browser has answered or refused a call: it rings in none of its tabs. */
export const settleRing = (step: Step, call: string, reason?: StopReason): void => {
  const { rings, settled } = step.state.book;
  const ends = rings.filter((ring) => ring.call === call).map(({ until }) => until);
  const until = Math.max(step.now + INBOX_MS.settled, ...ends);
  stopRing(step, call, reason);
  const others = settled.filter((one) => one.call !== call);
  step.state.book = { ...step.state.book, settled: [...others, { call, until }] };
};

/** What has rung for long enough stops, whatever is heard. */
export const expireRings = (step: Step): void => {
  const isLeft = ({ until }: { readonly until: number }) => until > step.now;
  const { rings, settled } = step.state.book;
  setRings(step, { rings: rings.filter(isLeft), settled: settled.filter(isLeft) }, () => 'missed');
};
