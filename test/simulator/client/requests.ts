import type { CallEffect } from '../../../client/src/call/events.ts';
import type { Dialled, Ticket } from './api.ts';
import type { ClientWorld } from './client-world.ts';
import type { Owner, Tell } from './owner.ts';

/** How long an answer is waited for, in milliseconds, as in `client/src/request.ts`. */
export const REQUEST_MS = 10_000;

/** Asks the API over the network of a device; undefined is no answer. */
const request = <Answer>(
  world: ClientWorld,
  owner: Owner,
  {
    ask,
    answer,
  }: {
    readonly ask: (hear: (answer: Answer) => void) => void;
    readonly answer: (given: Answer | undefined) => void;
  },
) => {
  const { clock } = world;
  let isOpen = true;
  const settle = (given: Answer | undefined) => {
    if (!isOpen) return;
    isOpen = false;
    owner.hear(() => answer(given));
  };
  clock.in(REQUEST_MS, () => settle(undefined));
  if (!owner.reachable) {
    // A browser that knows to be offline does not try.
    if (owner.knowsOffline) clock.in(1, () => settle(undefined));
    return;
  }
  const back = (given: Answer) =>
    clock.in(owner.latency, () => {
      if (owner.reachable && !world.losesAnswer()) settle(given);
    });
  clock.in(owner.latency, () => ask(back));
};

/** Plays POST /api/calls for a call. */
export const requestCall = (
  world: ClientWorld,
  { to, offer }: Extract<CallEffect, { type: 'post' }>,
  { owner, tell }: { readonly owner: Owner; readonly tell: Tell },
): void =>
  request<Dialled>(world, owner, {
    ask: (hear) => world.api.dial(owner, { to: [to].flat(), offer }, hear),
    answer: (given) => {
      if (!given) tell({ type: 'dialFailed', code: 'no_answer', status: 0 });
      else if (given.status !== 201) tell({ type: 'dialFailed', ...given });
      else {
        const { call: callId, status: _, reason, ...made } = given;
        const about = { url: 'first', callId, video: false, ...made };
        tell({ type: 'dialled', ...about, ...(reason && { reason: reason as 'busy' }) });
      }
    },
  });

/** Plays POST /api/calls/:id/ticket for a call; the address says what the ticket is for. */
export const requestTicket = (
  world: ClientWorld,
  { attempt, call, takeOver }: { attempt: number; call: string; takeOver: boolean },
  { owner, tell }: { readonly owner: Owner; readonly tell: Tell },
): void =>
  request<Ticket>(world, owner, {
    ask: (hear) => world.api.ticket(owner, { call, takeOver }, hear),
    answer: (given) => {
      if (!given) tell({ type: 'refused', attempt, code: 'no_answer', status: 0 });
      else if (given.status !== 200) tell({ type: 'refused', attempt, ...given });
      else {
        const { role, movable } = given;
        const url = `${role}${movable ? ' movable' : ''}`;
        tell({ type: 'ticket', attempt, url });
      }
    },
  });
