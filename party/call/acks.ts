import type { Seen } from '../../src/contract/sockets/call.ts';
import { newStream, ownValue } from './state.ts';
import type { CallStep } from './step.ts';

/** Notes that a user has seen the signals of a sender up to a number. */
export const acknowledge = (
  step: CallStep,
  user: string,
  { from, seq }: { readonly from: string; readonly seq: number },
) => {
  const stream = step.stream(from);
  const { log, seen } = stream;
  if (seq <= (ownValue(seen, user) ?? 0)) return;
  step.putStream({
    ...stream,
    seen: { ...seen, [user]: seq },
    log: log.filter((entry) => entry.to !== user || entry.seq > seq),
  });
  advanceAck(step, from);
};

/** Notes what a client says it has seen; entries of other epochs are ignored. */
export const acknowledgeAll = (step: CallStep, user: string, seen: Seen) => {
  for (const [from, { epoch, seq }] of Object.entries(seen)) {
    const member = from === user ? undefined : step.member(from);
    if (member?.epoch !== epoch) continue;
    // Only a restarted room may hear of signals that it does not know.
    const { known, received } = step.stream(from);
    acknowledge(step, user, { from, seq: known ? Math.min(seq, received) : seq });
  }
};

/** Tells a sender the number up to which all signals have arrived, when that grows. */
export const advanceAck = (step: CallStep, user: string) => {
  const stream = step.stream(user);
  const { known, received, acked, log } = stream;
  if (!known) return;
  const upTo = Math.min(received, ...log.map(({ seq }) => seq - 1));
  if (upTo <= acked) return;
  step.putStream({ ...stream, acked: upTo });
  step.sendToDevice(user, { type: 'acked', seq: upTo });
};

/** Drops all signals to and from a user, who has left or comes without memory. */
export const resetStream = (step: CallStep, user: string) => {
  dropSignalsTo(step, user);
  step.putStream(newStream(user));
};

const dropSignalsTo = (step: CallStep, user: string) => {
  for (const stream of step.call.streams) {
    const { user: from, log, seen } = stream;
    if (from === user) continue;
    const { [user]: _, ...others } = seen;
    step.putStream({ ...stream, log: log.filter(({ to }) => to !== user), seen: others });
    advanceAck(step, from);
  }
};
