import type { Client } from '../client.ts';
import type { Inbox } from '../inbox/types.ts';
import { listenToPage, ownPage } from '../link/page.ts';
import { callListener } from '../link/runner.ts';
import { createStore } from '../store.ts';
import { ActiveCall } from './active-call.ts';
import { EarlyCalls } from './early.ts';
import { CallError } from './error.ts';
import type { CallStart } from './events.ts';
import type { Call, CallMedia, Calls } from './types.ts';

/** Whether this browser can have calls; Node cannot. */
const canCall = (): boolean =>
  typeof RTCPeerConnection !== 'undefined' && typeof MediaStream !== 'undefined';

/** Whether the page of this window is looked at. */
const isShown = (): boolean => globalThis.document?.visibilityState !== 'hidden';

/** Hears of another network, where the browser tells it, until the signal ends it. */
const listenToNetwork = (listener: () => void, signal: AbortSignal): void => {
  const { navigator, window } = globalThis;
  const connection = (navigator as { connection?: EventTarget } | undefined)?.connection;
  window?.addEventListener('online', listener, { signal });
  connection?.addEventListener('change', listener, { signal });
};

/**
 * Makes and takes calls, one at a time in a tab. Calls that ring are prepared while the page is
 * looked at.
 *
 * @throws {CallError} from its actions: `not_now` while a call goes on here, `not_supported` where
 * there is no WebRTC
 */
export const createCalls = (client: Client, inbox: Inbox): Calls => {
  const current = createStore<Call | undefined>(undefined);
  let active: ActiveCall | undefined;
  let isDisposed = false;

  /** All calls that may still want to hear of the page: the one here, and one that is prepared. */
  const open = new Set<ActiveCall>();
  const create = (start: CallStart, media?: CallMedia): ActiveCall => {
    const ended = () => {
      open.delete(call);
      if (active !== call) return;
      active = undefined;
      callListener(() => current.set(undefined));
      early.look();
    };
    const call: ActiveCall = new ActiveCall(client, { start, ended, ...(media && { media }) });
    if (call.state.get().state !== 'ended') open.add(call);
    return call;
  };
  const early: EarlyCalls = new EarlyCalls({
    inbox,
    isWanted: () => !isDisposed && active === undefined && canCall() && isShown(),
    prepare: ({ call, from, video, group, until }) =>
      create({ type: 'ring', call, from, video, group, until }),
  });
  const begin = (make: () => ActiveCall): ActiveCall => {
    if (!canCall()) throw new CallError('not_supported');
    if (active || isDisposed) throw new CallError('not_now');
    const call = make();
    active = call;
    callListener(() => current.set(call));
    return call;
  };

  const tellAll = (event: 'online' | 'offline' | 'wake') => {
    for (const call of open) call.tellOfPage(event);
  };
  const listening = new AbortController();
  listenToNetwork(() => tellAll('online'), listening.signal);
  const leavePage = listenToPage(ownPage(), {
    wake: () => {
      tellAll('wake');
      early.look();
    },
    offline: () => tellAll('offline'),
  });

  return {
    current,
    call: (to, media = {}) => {
      const video = media.camera !== undefined && media.camera !== false;
      const call = begin(() => create({ type: 'dial', to, video }, media));
      void call.beginMedia(media);
      return call;
    },
    accept: (ring, media = { camera: ring.video }) => {
      const { call: id, from, video, group } = ring;
      const until = inbox.rings.get().find(({ call }) => call === id)?.until ?? Infinity;
      const call = begin(
        () => early.take(id) ?? create({ type: 'ring', call: id, from, video, group, until }),
      );
      call.accept(media);
      inbox.taken(id);
      return call;
    },
    comeBack: (id, media = {}) => {
      const call = begin(() => create({ type: 'comeBack', call: id }, media));
      void call.beginMedia(media);
      return call;
    },
    moveHere: (id, media = {}) => {
      const call = begin(() => create({ type: 'move', call: id }, media));
      void call.moveHere(media);
      return call;
    },
    dispose: () => {
      isDisposed = true;
      listening.abort();
      leavePage();
      early.dispose();
      for (const call of [...open]) call.leave();
    },
  };
};
