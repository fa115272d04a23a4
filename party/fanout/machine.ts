import { ROOM_ID } from '../../src/contract/sockets/protocol.ts';
import type { RoomEvent, RoomStart, Step } from '../definition.ts';
import type { Outbox } from '../outbox.ts';
import { EMPTY_OUTBOX, retry, takeAnswer } from '../outbox.ts';
import { MachineStep } from '../step.ts';
import type { News, Recipient, ToFanout } from '../wire/chats.ts';
import { MembersAnswer } from '../wire/to-worker.ts';

/**
 * How many inboxes one event tells, and how many are being told at most: an event may make 50
 * requests, and one of them asks for members [M27].
 */
export const AT_ONCE = 40;

/** How few are being told when the next are: a slow inbox does not hold up the others. */
const FEW = AT_ONCE / 2;

/** How long a hint is of use, in milliseconds: whoever has not heard by then syncs sooner. */
export const USEFUL_MS = 30_000;

/** How many hints wait; one more takes the place of the oldest, since a later one says more. */
export const ROUND_LIMIT = 64;

/** Something that is being told to many. */
interface Round {
  readonly news: News;
  /** About how long it is, in characters. */
  readonly size: number;
  /** Who is to be told next. */
  readonly to: readonly Recipient[];
  /** Whether all other members follow, but for those who know. */
  readonly all: ToFanout['all'];
  /** The last member who was read. */
  readonly after: string | undefined;
  /** The number of the question for the next members, while it is asked. */
  readonly asked: number | undefined;
  /** In milliseconds since 1970. */
  readonly until: number;
}

/** What a fan-out room knows; nothing of it is written. */
export interface FanoutState {
  /** The chat. */
  readonly id: string;
  readonly rounds: readonly Round[];
  readonly outbox: Outbox;
  /** When the next are told, in an event of their own; in milliseconds since 1970. */
  readonly dueAt: number | undefined;
}

/** What happens to a fan-out room. No client connects to it. */
export type FanoutEvent = RoomEvent<never, ToFanout>;

class FanoutStep extends MachineStep<FanoutState, never> {
  protected differs(): boolean {
    return false;
  }

  /** Replaces the first round. */
  replaceFirst(change: Partial<Round>): void {
    const [first, ...others] = this.state.rounds;
    if (first) this.set({ rounds: [{ ...first, ...change }, ...others] });
  }

  /** Tells one inbox, once: a hint that is late is of no use. */
  tell({ user, ...own }: Recipient, { news, size }: Round): void {
    if (!ROOM_ID.test(user)) return;
    this.post({
      to: { party: 'inbox', id: user },
      message: { type: 'chat', news, ...own },
      durable: false,
      until: this.now,
      size,
    });
  }
}

/** Begins a room, which remembers nothing. */
export const startFanout = (id: string, _: RoomStart): Step<FanoutState> => ({
  state: { id, rounds: [], outbox: EMPTY_OUTBOX, dueAt: undefined },
  effects: [],
});

/** Takes one step of the room that tells the many members of a chat what happened in it. */
export const stepFanout = (
  state: FanoutState,
  event: FanoutEvent,
  now: number,
): Step<FanoutState> => {
  const step = new FanoutStep(state, now);
  step.set({ rounds: state.rounds.filter(({ until }) => until > now) });
  switch (event.type) {
    case 'join':
      step.close(event.id, 'unauthorized');
      break;
    case 'message':
      addRound(step, event.message);
      step.reply(event.request, { outcome: 'done' });
      tellNext(step);
      break;
    case 'answered':
      onAnswer(step, event.n, event.answer);
      break;
    case 'alarm':
      step.takeOver(retry(step.state.outbox, now));
      tellNext(step);
      break;
  }
  const [first] = step.state.rounds;
  const isDue = first !== undefined && first.asked === undefined && underWay(step) <= FEW;
  step.set({ dueAt: isDue ? now : undefined });
  return step.result;
};

/** How many inboxes are being told. */
const underWay = ({ state }: FanoutStep): number => state.outbox.queues.length;

const addRound = (step: FanoutStep, { news, to, all }: ToFanout): void => {
  const round = {
    news,
    size: JSON.stringify(news).length,
    to,
    all,
    after: undefined,
    asked: undefined,
    until: step.now + USEFUL_MS,
  };
  step.set({ rounds: [...step.state.rounds, round].slice(-ROUND_LIMIT) });
};

/** Tells the next ones: as many as one event may, and not more than may be told at once. */
const tellNext = (step: FanoutStep): void => {
  let left = AT_ONCE;
  for (;;) {
    const [first, ...others] = step.state.rounds;
    if (!first || first.asked !== undefined) return;
    const next = first.to.slice(0, Math.max(0, Math.min(left, AT_ONCE - underWay(step))));
    for (const recipient of next) step.tell(recipient, first);
    left -= next.length;
    step.replaceFirst({ to: first.to.slice(next.length) });
    if (next.length < first.to.length) return;
    if (first.all) {
      askForMembers(step, first);
      return;
    }
    step.set({ rounds: others });
  }
};

/** Asks the Worker who the next members are. */
const askForMembers = (step: FanoutStep, { news, after }: Round): void => {
  const asked = step.ask('worker', {
    type: 'members',
    chat: step.state.id,
    ...(after !== undefined && { after }),
    ...(news.type === 'message' && { seq: news.message.seq }),
    limit: AT_ONCE,
  });
  step.replaceFirst({ asked });
};

const onAnswer = (step: FanoutStep, n: number, answer: unknown): void => {
  const [first] = step.state.rounds;
  if (first?.asked === n) {
    onMembers(step, first, answer);
    return;
  }
  const { outcomes: _, ...posted } = takeAnswer(step.state.outbox, { n, answer }, step.now);
  step.takeOver(posted);
};

/** The Worker has named the next members; without an answer those who are left are not told. */
const onMembers = (step: FanoutStep, { all }: Round, answer: unknown): void => {
  const { members = [] } = MembersAnswer.safeParse(answer).data ?? {};
  const isLast = members.length < AT_ONCE;
  step.replaceFirst({
    to: members.filter((user) => !all?.except.includes(user)).map((user) => ({ user })),
    all: isLast ? undefined : all,
    after: members.at(-1),
    asked: undefined,
  });
};
