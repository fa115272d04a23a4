import type { Room } from '../src/contract/sockets/protocol.ts';
import type { Effect } from './definition.ts';
import { Answers, BATCH_LIMIT, LATER } from './wire/batch.ts';
import type { ToCall, ToInbox } from './wire/messages.ts';
import type { ToWorker } from './wire/to-worker.ts';

/** A message to another room or the Worker. */
export interface Letter {
  readonly to: Room | 'worker';
  readonly message: ToCall | ToInbox | ToWorker;
  /** Whether it outlives the host. */
  readonly durable: boolean;
  /** When it becomes useless, in milliseconds since 1970; null = never. */
  readonly until: number | null;
  /** Its length in characters; 0 where it is not worth counting. */
  readonly size?: number;
}

/** A message in the outbox, with its number. */
export interface Item extends Letter {
  readonly n: number;
}

/** The messages to one target, in order. */
export interface Queue {
  readonly to: Room | 'worker';
  readonly items: readonly Item[];
  /** How many of the first are under way in one request, or wait together for the next try. */
  readonly tried: number;
  readonly tries: number;
  /** When the next try is, in milliseconds since 1970; null = they are under way. */
  readonly at: number | null;
  /** How many items are not durable, and how many characters those have. */
  readonly passing: number;
  readonly characters: number;
}

/**
 * Messages on their way. One request at a time goes to each target; what waits follows in the next
 * one, together, as soon as there is an answer [C16].
 */
export interface Outbox {
  readonly next: number;
  /** No queue is empty. */
  readonly queues: readonly Queue[];
  /** How often its durable part has changed. */
  readonly changes: number;
}

/** The part of an outbox that is written: its durable messages, in order. */
export interface KeptOutbox {
  readonly next: number;
  readonly items: readonly Item[];
}

/** An outbox without messages. */
export const EMPTY_OUTBOX: Outbox = { next: 1, queues: [], changes: 0 };

/** The outbox that follows, and the effects that send from it. */
export interface Posted {
  readonly outbox: Outbox;
  readonly effects: readonly Effect[];
}

/** The first wait before another try, in milliseconds; doubled each time, up to the longest. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 300_000;

/** How many characters one request has at most; a longer message goes alone. */
const BATCH_CHARACTERS = 262_144;

/**
 * How many messages that are not durable wait for one target, and how many characters they have.
 */
export const QUEUE_LIMIT = 256;
const QUEUE_CHARACTERS = 1_048_576;

type To = Letter['to'];

const isSame = (a: To, b: To): boolean =>
  a === b || (a !== 'worker' && b !== 'worker' && a.id === b.id && a.party === b.party);

const queueTo = (outbox: Outbox, to: To): Queue | undefined =>
  outbox.queues.find((queue) => isSame(queue.to, to));

const queueWith = (outbox: Outbox, isIt: (item: Item) => boolean): Queue | undefined =>
  outbox.queues.find(({ items }) => items.some(isIt));

const charactersOf = ({ size = 0 }: Item): number => size;

/** Replaces a queue by the one that follows it, or removes it when that is empty. */
const putQueue = (outbox: Outbox, before: Queue | undefined, after: Queue): Outbox => {
  if (!before) return { ...outbox, queues: [...outbox.queues, after] };
  const queues =
    after.items.length > 0
      ? outbox.queues.map((queue) => (queue === before ? after : queue))
      : outbox.queues.filter((queue) => queue !== before);
  return { ...outbox, queues };
};

/** Counts the first items that go in one request. A request to the Worker has one message. */
const countBatch = ({ to, items }: Queue): number => {
  if (to === 'worker') return 1;
  let characters = 0;
  let count = 0;
  for (const item of items) {
    characters += charactersOf(item);
    if (count > 0 && (count === BATCH_LIMIT || characters > BATCH_CHARACTERS)) break;
    count++;
  }
  return count;
};

/** Sends the first items of a queue. */
const send = (queue: Queue): { readonly queue: Queue; readonly effects: readonly Effect[] } => {
  const [first, ...others] = queue.items.slice(0, countBatch(queue));
  if (!first) return { queue, effects: [] };
  const { n, to } = first;
  const messages = [first, ...others].map(({ message }) => message);
  const message = others.length === 0 ? first.message : ({ type: 'batch', messages } as const);
  return {
    queue: { ...queue, tried: messages.length, at: null },
    effects: [{ type: 'post', n, to, message }],
  };
};

/** Leaves only these items in a queue, and sends the first of them. */
const follow = (outbox: Outbox, before: Queue, items: readonly Item[]): Posted => {
  const passing = items.filter(({ durable }) => !durable);
  const counts = {
    passing: passing.length,
    characters: passing.reduce((sum, item) => sum + charactersOf(item), 0),
  };
  const lasting = before.items.length - before.passing - (items.length - passing.length);
  const changed = { ...outbox, changes: outbox.changes + lasting };
  const { queue, effects } = send({ ...before, items, ...counts, tries: 0 });
  return { outbox: putQueue(changed, before, queue), effects };
};

/** Whether only durable messages are taken for a target. */
export const isFull = (outbox: Outbox, to: To): boolean => {
  const { passing = 0, characters = 0 } = queueTo(outbox, to) ?? {};
  return passing >= QUEUE_LIMIT || characters > QUEUE_CHARACTERS;
};

/**
 * Adds a message. It is sent at once unless something is on its way to the same target. When the
 * queue is full, a message that is not durable is lost.
 */
export const post = (outbox: Outbox, letter: Letter): Posted => {
  const { to, durable } = letter;
  if (!durable && isFull(outbox, to)) return { outbox, effects: [] };
  const added: Item = { ...letter, n: outbox.next };
  const after = { ...outbox, next: outbox.next + 1, changes: outbox.changes + (durable ? 1 : 0) };
  const before = queueTo(outbox, to);
  const { items = [], passing = 0, characters = 0 } = before ?? {};
  const grown = {
    ...(before ?? { to, tried: 0, tries: 0, at: null }),
    items: [...items, added],
    passing: passing + (durable ? 0 : 1),
    characters: characters + (durable ? 0 : charactersOf(added)),
  };
  if (before) return { outbox: putQueue(after, before, grown), effects: [] };
  const { queue, effects } = send(grown);
  return { outbox: putQueue(after, before, queue), effects };
};

/** What became of a message: its answer, undefined for none; `over` if there is no further try. */
export interface Outcome {
  readonly item: Item;
  readonly answer: unknown;
  readonly over: boolean;
}

const isLater = (answer: unknown): boolean =>
  typeof answer === 'object' &&
  answer !== null &&
  'outcome' in answer &&
  answer.outcome === LATER.outcome;

/** The answers to items that were sent together; undefined where one has to be sent again. */
const answersTo = (sent: readonly Item[], answer: unknown): readonly unknown[] => {
  if (sent.length === 1) return [isLater(answer) ? undefined : answer];
  const answers = Answers.safeParse(answer).data?.answers ?? [];
  return sent.map((_, index) =>
    isLater(answers[index]) ? undefined : (answers[index] ?? undefined),
  );
};

/**
 * Handles the answer to the request whose first message is `n`, or its failure (undefined): then
 * what was sent is tried again later, unless it is useless by then.
 */
export const takeAnswer = (
  outbox: Outbox,
  { n, answer }: { readonly n: number; readonly answer: unknown },
  now: number,
): Posted & { readonly outcomes: readonly Outcome[] } => {
  const before = outbox.queues.find(({ items }) => items[0]?.n === n);
  if (!before || before.at !== null) return { outbox, effects: [], outcomes: [] };
  const sent = before.items.slice(0, before.tried);
  const answers = answersTo(sent, answer);
  const isHeard = answers.some((each) => each !== undefined);
  const tries = isHeard ? 0 : before.tries;
  const at = now + Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
  const outcomes = sent.map((item, index): Outcome => {
    const over = answers[index] !== undefined || (item.until !== null && at >= item.until);
    return { item, answer: answers[index], over };
  });
  const again = outcomes.flatMap(({ item, over }) => (over ? [] : [item]));
  const items = [...again, ...before.items.slice(before.tried)];
  const posted = follow(outbox, before, items);
  if (again.length === 0) return { ...posted, outcomes };
  const sentNext = queueTo(posted.outbox, before.to);
  if (!sentNext) return { ...posted, outcomes };
  const waiting = { ...sentNext, tried: again.length, tries: tries + 1, at };
  return { outbox: putQueue(posted.outbox, sentNext, waiting), effects: [], outcomes };
};

/** Removes a message, unless it is under way. */
export const withdraw = (outbox: Outbox, n: number): Posted => {
  const queue = queueWith(outbox, (item) => item.n === n);
  return queue ? drop(outbox, queue.to, (item) => item.n === n) : { outbox, effects: [] };
};

/** Drops useless messages to a target. Those that are under way are not tried again. */
export const drop = (outbox: Outbox, to: To, isUseless: (item: Item) => boolean): Posted => {
  const before = queueTo(outbox, to);
  if (!before?.items.some(isUseless)) return { outbox, effects: [] };
  const underWay = before.at === null ? before.tried : 0;
  const isKept = (item: Item, index: number) => index < underWay || !isUseless(item);
  const left = before.items.filter(isKept);
  const items = left.map((item) => (isUseless(item) ? { ...item, until: 0 } : item));
  const { outbox: after, effects } = follow(outbox, before, items);
  const queue = queueTo(after, to);
  // Items that wait for the next try go on waiting.
  const wait = before.items.slice(0, before.tried).filter((item) => items.includes(item)).length;
  if (!queue || (underWay === 0 && wait === 0)) return { outbox: after, effects };
  const { tries, at } = before;
  return {
    outbox: putQueue(after, queue, { ...queue, tried: underWay || wait, tries, at }),
    effects: [],
  };
};

/** Sends again what is due. */
export const retry = (outbox: Outbox, now: number): Posted => {
  let after = outbox;
  const all: Effect[] = [];
  for (const before of outbox.queues) {
    if (before.at === null || before.at > now) continue;
    const { queue, effects } = send(before);
    after = putQueue(after, before, queue);
    all.push(...effects);
  }
  return { outbox: after, effects: all };
};

/** Restores a stored outbox in a room that starts again, and sends everything once more. */
export const restart = ({ next, items }: KeptOutbox): Posted => {
  let outbox: Outbox = { ...EMPTY_OUTBOX, next };
  for (const { n, to, message, durable, until } of items) {
    const before = queueTo(outbox, to);
    const item: Item = { n, to, message, durable, until };
    const empty = { to, tried: 0, tries: 0, at: 0, passing: 0, characters: 0 };
    outbox = putQueue(outbox, before, {
      ...(before ?? empty),
      items: [...(before?.items ?? []), item],
    });
  }
  return retry(outbox, 0);
};

/** All messages of an outbox, in order. */
export const itemsIn = ({ queues }: Outbox): readonly Item[] =>
  queues.flatMap(({ items }) => items).sort((a, b) => a.n - b.n);

/** Picks the part that outlives the host. */
export const durable = (outbox: Outbox): KeptOutbox => ({
  next: outbox.next,
  items: itemsIn(outbox).flatMap(({ n, to, message, durable, until }) =>
    durable ? [{ n, to, message, durable, until }] : [],
  ),
});

/** Whether an outbox has no messages. */
export const isEmpty = ({ queues }: Outbox): boolean => queues.length === 0;

/** When the next try is due, in milliseconds since 1970; undefined = never. */
export const due = ({ queues }: Outbox): number | undefined => {
  let first: number | undefined;
  for (const { at } of queues) if (at !== null && (first === undefined || at < first)) first = at;
  return first;
};
