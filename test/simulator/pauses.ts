import { PAUSES_MS } from '../../party/inbox/pauses.ts';
import type { ToInbox } from '../../party/wire/messages.ts';
import { hold } from './broken.ts';

/** A call that rang, as the callee's inbox said. */
interface Rung {
  readonly from: string;
  readonly at: number;
}

const isOutcome = (answer: unknown, outcome: string): boolean =>
  JSON.stringify(answer)?.startsWith(`{"outcome":"${outcome}"`) ?? false;

/**
 * [C29] Who rang for whom in vain: nobody rings without end. The ledger knows what inboxes have
 * heard and when a call began to ring. It allows one step less, as for a caller who gives up.
 */
export class RingLedger {
  /** `<callee> <call>` → the call that rings; null when it rings no longer. */
  readonly #ringing = new Map<string, Rung | null>();
  /** `<caller> <callee>` → when the unanswered calls began to ring. */
  readonly #unanswered = new Map<string, number[]>();

  /** Records what an inbox was told and what it answered. */
  note(user: string, message: ToInbox, answer: unknown, now: number) {
    if (message.type === 'ring' && isOutcome(answer, 'ok')) this.#rang(user, message, now);
    else if (message.type === 'stop') this.#stopped(user, message);
    else if (message.type === 'active') {
      const rung = this.#ringing.get(`${user} ${message.call}`);
      if (!rung) return;
      this.#unanswered.delete(`${rung.from} ${user}`);
      this.#ringing.set(`${user} ${message.call}`, null);
    } else if (message.type === 'dial' && isOutcome(answer, 'ok')) {
      for (const to of message.to) this.#unanswered.delete(`${to} ${user}`);
    }
  }

  #rang(user: string, { call, from }: Extract<ToInbox, { type: 'ring' }>, now: number) {
    if (this.#ringing.has(`${user} ${call}`)) return;
    this.#ringing.set(`${user} ${call}`, { from: from.user, at: now });
    const before = this.#unanswered.get(`${from.user} ${user}`) ?? [];
    const pause = PAUSES_MS[Math.min(before.length - 1, PAUSES_MS.length) - 1] ?? 0;
    const since = now - (before.at(-1) ?? 0);
    const often = before.length;
    hold(since >= pause, () => `${from.user} rings ${user} ${since} ms after ${often} calls`);
  }

  #stopped(user: string, { call, reason }: Extract<ToInbox, { type: 'stop' }>) {
    const rung = this.#ringing.get(`${user} ${call}`);
    if (!rung) return;
    this.#ringing.set(`${user} ${call}`, null);
    const pair = `${rung.from} ${user}`;
    // Whoever finds the callee busy has not rung in vain.
    if (reason === 'busy') return;
    this.#unanswered.set(pair, [...(this.#unanswered.get(pair) ?? []), rung.at]);
  }
}
