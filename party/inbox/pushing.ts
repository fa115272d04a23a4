import type { Ring, StopReason } from '../../src/contract/sockets/inbox.ts';
import type { ToldOfChat } from '../wire/chats.ts';
import { ringTimeOf } from './crossing.ts';
import type { EntryIn } from './state.ts';
import type { InboxStep } from './step.ts';

/** For how long the Worker is asked to push that it rings no longer, in milliseconds. */
const TELL_MS = 60_000;

/** Why it rings no longer where this user has not missed the call, as in its record. */
const NOT_MISSED: readonly StopReason[] = ['declined', 'answered_elsewhere', 'failed'];

const rungOf = ({ call, from, video, group }: Ring) => ({ call, from, video, group });

/** Has the Worker push that it rings [P5]. */
export const pushRing = (step: InboxStep, ring: Ring): void => {
  const until = ring.expiresAt;
  const news = { kind: 'call', ...rungOf(ring), at: ringTimeOf(ring), until } as const;
  const message = { type: 'push', user: step.state.id, news } as const;
  step.post({ to: 'worker', message, durable: true, until });
};

/**
 * Has the Worker push that it rings no longer, if it was pushed that it rings [P5].
 *
 * @param by the device that answered or declined, if one did
 */
export const pushStop = (
  step: InboxStep,
  { ring, pushed }: EntryIn<'ringing'>,
  { reason, by }: { readonly reason: StopReason; readonly by?: string | undefined },
): void => {
  if (!pushed) return;
  const about = { ...rungOf(ring), at: step.now };
  const news = NOT_MISSED.includes(reason)
    ? ({ kind: 'stopped', ...about, reason, ...(by !== undefined && { by }) } as const)
    : ({ kind: 'missed', ...about } as const);
  const message = { type: 'push', user: step.state.id, news } as const;
  step.post({ to: 'worker', message, durable: true, until: step.now + TELL_MS });
};

/**
 * Has the Worker push that there is a new message, if no device is connected [P6]. It is asked
 * once: what comes late is read in the app.
 *
 * @param silent connections that may be dead: they do not count, except those of legacy clients
 */
export const pushMessage = (
  step: InboxStep,
  { news, push }: ToldOfChat,
  silent: ReadonlySet<string>,
): void => {
  if (!push || news.type !== 'message' || !news.isNew) return;
  const isHere = step.state.sockets.some(
    ({ id, who, hello }) => who.old || (hello && !silent.has(id)),
  );
  if (isHere) return;
  const { chat, message } = news;
  const about = { kind: 'message', chat, seq: message.seq, at: step.now } as const;
  step.ask('worker', { type: 'push', user: step.state.id, news: about });
};
