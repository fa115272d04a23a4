import type { Call, Callee, CallMedia, Calls } from 'aist-client/call';
import type { Ring } from 'aist-client/inbox';
import { createStore } from 'aist-client/index';
import { client } from '../client.ts';
import { attempt } from '../errors.ts';
import { goTo } from '../go.ts';
import { holdCall, isHeldElsewhere, keptCall } from './held-call.ts';
import { inbox } from './live.ts';

/** The call of this tab: the one that goes on, or the last one until it is put away. */
export const shownCall = createStore<Call | undefined>(undefined);

/** Whom the shown call was made to, for calling again. */
export const lastCallee = createStore<{ to: Callee; video: boolean } | undefined>(undefined);

let loading: Promise<Calls> | undefined;

/** Loads what makes calls: a part of the app of its own, since most visits are for chats. */
export const loadCalls = (): Promise<Calls> => {
  loading ??= import('aist-client/call').then(({ createCalls }) => createCalls(client, inbox));
  loading.catch(() => {
    // The network was away: the next call tries again.
    loading = undefined;
  });
  return loading;
};

/** Shows a call until it is put away, and keeps this tab known as the one that has it. */
const show = (call: Call): void => {
  shownCall.set(call);
  holdCall(call);
};

/** The address of the call of this tab: its id comes with the answer of the server. */
const pathOf = (call: Call | undefined): string => `/call/${call?.id.get() ?? 'new'}`;

const begin = (make: (calls: Calls) => Call): Promise<boolean> =>
  attempt(async () => {
    const calls = await loadCalls();
    show(make(calls));
    goTo(pathOf(shownCall.get()));
  });

/** Whether a call goes on in this tab. */
export const isInCall = (): boolean => {
  const state = shownCall.get()?.state.get().state;
  return state !== undefined && state !== 'ended';
};

/** Ends the call of this tab; whoever cannot be told of it finds out. */
const leaveCall = async (): Promise<void> => {
  const call = shownCall.get();
  await call?.hangUp().catch(() => undefined);
};

/** Calls somebody, or several; shows the call that goes on, if there is one. */
export const startCall = async (to: Callee, video: boolean): Promise<void> => {
  if (isInCall()) return goTo(pathOf(shownCall.get()));
  lastCallee.set({ to, video });
  await begin((calls) => calls.call(to, { microphone: true, camera: video }));
};

/** Takes a call that rings. One that goes on here is left first. */
export const acceptCall = async (ring: Ring, video: boolean): Promise<void> => {
  if (isInCall()) await leaveCall();
  lastCallee.set({ to: ring.from.user, video: ring.video });
  await begin((calls) => calls.accept(ring, { microphone: true, camera: video }));
};

/** Takes over the call that another device of mine is in. */
export const moveCall = (id: string): Promise<boolean> =>
  begin((calls) => calls.moveHere(id, { microphone: true }));

/** Comes back to the call that this browser was in. */
export const comeBackTo = (id: string, media: CallMedia = { microphone: true }): Promise<boolean> =>
  begin((calls) => calls.comeBack(id, media));

/** Puts a call away that is over. */
export const putCallAway = (): void => {
  if (!isInCall()) shownCall.set(undefined);
};

/** The calls that were come back to since the page was loaded: each once. */
const resumed = new Set<string>();

/**
 * After the page was loaded anew: comes back to the call that it had, on whichever page the person
 * is. A call that another tab has stays there.
 */
export const resumeCall = async (): Promise<void> => {
  const kept = keptCall();
  const running = inbox.inCall.get();
  if (!kept || resumed.has(kept.call) || running?.call !== kept.call || !running.here) return;
  resumed.add(kept.call);
  if (isInCall() || (await isHeldElsewhere(kept.call))) return;
  const { call, microphone, camera } = kept;
  await attempt(async () => {
    const calls = await loadCalls();
    show(calls.comeBack(call, { microphone, camera }));
  });
};
