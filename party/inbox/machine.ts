import type { InboxClientFrame } from '../../src/contract/sockets/inbox.ts';
import type { LegacyFrame } from '../../src/contract/sockets/legacy.ts';
import type { Present, RoomEvent, Step } from '../definition.ts';
import { answered, EMPTY_OUTBOX, type Outcome, restart, retry } from '../outbox.ts';
import type { ToInbox } from '../wire/messages.ts';
import { active, dial, ring, stop } from './calls.ts';
import { hello, join, leave, silentOf } from './devices.ts';
import { decline, expire, hangUp } from './ending.ts';
import { moved } from './held.ts';
import { called, giveUp, hear, signal } from './legacy.ts';
import { takeOne } from './rates.ts';
import {
  checkSessions,
  expireSessions,
  onSessionsChecked,
  othersThan,
  revoked,
} from './sessions.ts';
import {
  type Entry,
  type EntryIn,
  IDLE,
  type InboxState,
  isOldDevice,
  type Kept,
  NOTHING,
  type Socket,
} from './state.ts';
import { Turn } from './turn.ts';

/** What a device says, a new one or an old one. */
export type InboxFrame = InboxClientFrame | LegacyFrame;

/** What happens to an inbox. */
export type InboxEvent = RoomEvent<InboxFrame, ToInbox>;

const DONE = { outcome: 'done' } as const;

/** An inbox as it was kept, with the devices that it slept with. They have said hello; old ones that are not there have gone. */
export const start = (
  id: string,
  kept: unknown,
  present: readonly Present[],
  now: number,
): Step<InboxState> => {
  const { lines, outbox, ...rest } = { ...NOTHING, ...(kept as Kept | undefined) };
  const sockets = present.flatMap((connection): Socket[] => {
    const { who } = connection;
    if (!who) return [];
    const { device, ...line } = lines.find((other) => other.device === who.device) ?? {};
    return [{ ...IDLE, id: connection.id, who, hello: !who.old, ...('call' in line && { line }) }];
  });
  const unwritten = { linesAt: undefined, sessionsCheckedAt: undefined };
  const turn = new Turn({ id, ...rest, sockets, outbox: EMPTY_OUTBOX, ...unwritten }, now);
  turn.posted(restart(outbox));
  for (const entry of [...turn.entriesIn('dialling'), ...turn.entriesIn('active')]) {
    if (isOldDevice(entry.device) && !turn.socketOf(entry.device)) hangUp(turn, entry);
  }
  return turn.step;
};

/** Where a user's devices are reached, and whether the user is free (calls.md, "The parts"). */
export const step = (state: InboxState, event: InboxEvent, now: number): Step<InboxState> => {
  const turn = new Turn(state, now);
  expire(turn);
  expireSessions(turn);
  take(turn, event);
  return turn.step;
};

const take = (turn: Turn, event: InboxEvent): void => {
  switch (event.type) {
    case 'join':
      join(turn, event.id, event.who, event.present);
      checkSessions(turn, event.id);
      break;
    case 'frame':
      frame(turn, turn.socket(event.id), event.frame);
      break;
    case 'leave':
      leave(turn, turn.socket(event.id));
      break;
    case 'message':
      turn.reply(event.request, message(turn, event.message, event.present));
      if (event.message.type === 'ring' || event.message.type === 'active') checkSessions(turn);
      break;
    case 'answered':
      settled(turn, event.n, event.answer);
      break;
    case 'alarm':
      turn.posted(retry(turn.state.outbox, turn.now));
      break;
  }
};

/** What a device says, each in its own dialect. */
const frame = (turn: Turn, socket: Socket | undefined, said: InboxFrame): void => {
  if (!socket || socket.who.old !== 'event' in said) return;
  if ('event' in said) hear(turn, socket, said);
  else if (said.type === 'hello') hello(turn, socket, said.version);
  else if (said.type === 'ping') turn.send(socket, { type: 'pong' });
  else if (!socket.hello) turn.refuse(socket, 'hello_first');
  else {
    const entry = turn.entry(said.call);
    if (said.type === 'hangup') {
      if (entry && isOwn(entry, socket)) hangUp(turn, entry);
      else turn.refuse(socket, 'not_now');
    } else if (entry?.state === 'ringing') decline(turn, entry, socket.who.device);
    else turn.refuse(socket, 'not_now');
  }
};

/** Whether a device may end a call: one that nobody has answered on any device, else where it is. */
const isOwn = (entry: Entry, { who }: Socket): entry is EntryIn<'dialling' | 'active'> =>
  entry.state === 'dialling' || (entry.state === 'active' && entry.device === who.device);

const message = (turn: Turn, said: ToInbox, present: readonly Present[] = []): object => {
  switch (said.type) {
    case 'dial':
      return dial(turn, said);
    case 'ring':
      return ring(turn, said, silentOf(turn, present));
    case 'active':
      return active(turn, said);
    case 'moved':
      moved(turn, said);
      return DONE;
    case 'stop':
      stop(turn, said);
      return DONE;
    case 'signal':
      signal(turn, said);
      return DONE;
    case 'turn': {
      const retryAfterSeconds = takeOne(turn, 'turns');
      return retryAfterSeconds > 0 ? { outcome: 'limited', retryAfterSeconds } : { outcome: 'ok' };
    }
    case 'revoked':
      revoked(turn, said.others ? [...said.sids, ...othersThan(turn, said.others)] : said.sids);
      return DONE;
  }
};

/** What became of something that was told to a call or the Worker. */
const settled = (turn: Turn, n: number, answer: unknown): void => {
  const { outcomes, ...posted } = answered(turn.state.outbox, n, answer, turn.now);
  turn.posted(posted);
  for (const outcome of outcomes) if (outcome.over) become(turn, outcome);
};

const become = (turn: Turn, { item, answer }: Outcome): void => {
  const { n, to, message, durable } = item;
  if (message.type === 'call') called(turn, n, message, answer);
  if (message.type === 'sessions') onSessionsChecked(turn, answer);
  if (answer !== undefined || durable || message.type !== 'act' || to === 'worker') return;
  // The call cannot be reached: what an old device said there is lost, and it cannot say it again.
  const socket = turn.socketOf(message.device);
  if (socket?.line?.call === to.id) giveUp(turn, socket);
};
