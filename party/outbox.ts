import type { ToCall, ToInbox, ToWorker } from '../src/contract/room-messages.ts';
import type { Room } from '../src/contract/rooms.ts';
import type { Effect } from './room.ts';

/** A message on its way to another room or the Worker. */
export interface Item {
  readonly n: number;
  readonly to: Room | 'worker';
  readonly message: ToCall | ToInbox | ToWorker;
  /** Whether it has to outlive the host. */
  readonly durable: boolean;
  /** When it is of no use any more, in milliseconds since 1970; null = never. */
  readonly until: number | null;
  readonly tries: number;
  /** When it is tried again, in milliseconds since 1970; null = it waits for its turn, or for an answer. */
  readonly at: number | null;
}

/** Messages on their way, in order: of those to one target only the first is under way. */
export interface Outbox {
  readonly next: number;
  readonly items: readonly Item[];
}

/** One where nothing waits. */
export const EMPTY_OUTBOX: Outbox = { next: 1, items: [] };

/** What becomes of an outbox, and what has to be sent now. */
export interface Posted {
  readonly outbox: Outbox;
  readonly effects: readonly Effect[];
}

/** The first wait before another try, in milliseconds; doubled each time, up to the longest. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 300_000;

const target = ({ to }: Pick<Item, 'to'>): string => (to === 'worker' ? to : `${to.party}/${to.id}`);
const sending = ({ n, to, message }: Item): Effect => ({ type: 'post', n, to, message });

/** Puts a message in: under way at once, unless another one to the same target is. */
export const post = (outbox: Outbox, item: Pick<Item, 'to' | 'message' | 'durable' | 'until'>): Posted => {
  const added: Item = { ...item, n: outbox.next, tries: 0, at: null };
  const waits = outbox.items.some((other) => target(other) === target(added));
  return {
    outbox: { next: outbox.next + 1, items: [...outbox.items, added] },
    effects: waits ? [] : [sending(added)],
  };
};

/** What became of a try: `item` is the message it was, unless it is no longer in there; `over` when it is not tried again. */
export interface Outcome extends Posted {
  readonly item: Item | undefined;
  readonly over: boolean;
}

/** Takes note of an answer, or of none: then the message is tried again later, unless it is of no use by then. */
export const answered = (outbox: Outbox, n: number, heard: boolean, now: number): Outcome => {
  const item = outbox.items.find((other) => other.n === n);
  if (!item) return { outbox, effects: [], item, over: true };
  const at = now + Math.min(FIRST_WAIT_MS * 2 ** item.tries, LONGEST_WAIT_MS);
  if (!heard && (item.until === null || at < item.until)) {
    const items = outbox.items.map((other) => (other.n === n ? { ...item, tries: item.tries + 1, at } : other));
    return { outbox: { ...outbox, items }, effects: [], item, over: false };
  }
  return { ...without(outbox, item), item, over: true };
};

/** Takes a message out that was under way, or the first to its target: the next one to it follows. */
const without = (outbox: Outbox, item: Item): Posted => {
  const items = outbox.items.filter((other) => other !== item);
  const following = items.find((other) => target(other) === target(item));
  return { outbox: { ...outbox, items }, effects: following ? [sending(following)] : [] };
};

/** Takes a message back, unless it is under way. */
export const withdraw = (outbox: Outbox, n: number): Posted => {
  const item = outbox.items.find((other) => other.n === n);
  if (!item) return { outbox, effects: [] };
  const isFirst = outbox.items.find((other) => target(other) === target(item)) === item;
  if (isFirst) return item.at === null ? { outbox, effects: [] } : without(outbox, item);
  return { outbox: { ...outbox, items: outbox.items.filter((other) => other !== item) }, effects: [] };
};

/** Tries again what is due. */
export const retry = (outbox: Outbox, now: number): Posted => {
  const isDue = ({ at }: Item) => at !== null && at <= now;
  if (!outbox.items.some(isDue)) return { outbox, effects: [] };
  const items = outbox.items.map((item) => (isDue(item) ? { ...item, at: null } : item));
  return { outbox: { ...outbox, items }, effects: outbox.items.filter(isDue).map(sending) };
};

/** An outbox as it was kept, in a room that begins again: everything is sent once more. */
export const restart = (outbox: Outbox): Posted => {
  const seen = new Set<string>();
  const effects = outbox.items.flatMap((item) => {
    if (seen.has(target(item))) return [];
    seen.add(target(item));
    return [sending(item)];
  });
  return { outbox: { ...outbox, items: outbox.items.map((item) => ({ ...item, at: null })) }, effects };
};

/** The part that outlives the host. */
export const durable = ({ next, items }: Outbox): Outbox => ({ next, items: items.filter((item) => item.durable) });

/** When something is due next, in milliseconds since 1970. */
export const due = ({ items }: Outbox): number | undefined => {
  let first: number | undefined;
  for (const { at } of items) if (at !== null && (first === undefined || at < first)) first = at;
  return first;
};
