import type { Client } from '../client.ts';
import type { InboxServerFrame } from '../contract.ts';
import { createLinkDriver } from '../link/driver.ts';
import type { PageEvents } from '../link/page.ts';
import { listenToPage, ownPage } from '../link/page.ts';
import { callListener, runMachine } from '../link/runner.ts';
import type { LinkState } from '../link/state.ts';
import { noAnswer } from '../request.ts';
import type { SessionState } from '../session.ts';
import { createStore, setList } from '../store.ts';
import type { Locks } from './leadership.ts';
import { createLeadership } from './leadership.ts';
import { inboxDeadline, stepInbox } from './machine.ts';
import type { CommandFrame, InboxEffect, InboxEvent, InboxState } from './state.ts';
import { createInbox, showInboxLink } from './step.ts';
import type { CallInProgress, Inbox, InboxEvents, Ring } from './types.ts';

/** What tests, or unusual surroundings, give to an inbox. */
export interface InboxOptions {
  /** What elects the tab with the socket; null when this inbox is to have its own. */
  readonly locks?: Locks | null;
  /** The page that is listened to. */
  readonly page?: PageEvents;
}

/** Names a session among all; undefined when nobody is signed in. */
const nameSession = (session: SessionState): string | undefined =>
  session.state === 'signed_in' ? `aist.inbox.${session.userId}.${session.expiresAt}` : undefined;

/** Reads a frame; undefined when it is none. */
const readFrame = (text: string): InboxServerFrame | undefined => {
  try {
    const frame = JSON.parse(text);
    return typeof frame?.type === 'string' ? frame : undefined;
  } catch {
    return undefined;
  }
};

/** The version of what tabs say: a page of another version is none of them. */
const TABS_VERSION = 1;

/**
 * Opens the inbox of whoever is signed in, now and later. All tabs of a browser have one socket
 * and the same stores; it needs `dispose` when it is not wanted any more.
 *
 * @throws {Error} when there is no WebSocket: give `createClient` one
 */
export const openInbox = (client: Client, options: InboxOptions = {}): Inbox => {
  if (!client.WebSocket) throw new Error('There is no WebSocket: give one to createClient');
  // Outside of a page there are no tabs: programs have a socket for each inbox.
  const ownLocks = globalThis.document ? globalThis.navigator.locks : undefined;
  const locks = options.locks === undefined ? ownLocks : (options.locks ?? undefined);
  const hasTabs = locks !== undefined && globalThis.BroadcastChannel !== undefined;
  const self = Array.from(crypto.getRandomValues(new Uint32Array(2)), String).join('.');

  const link = createStore<LinkState>({ state: 'off' });
  const rings = createStore<readonly Ring[]>([]);
  const inCall = createStore<CallInProgress | undefined>(undefined);
  const listeners = new Map<keyof InboxEvents, Set<(event: never) => void>>();
  /** The actions whose promises are not settled yet, by their ids. */
  const pending = new Map<string, (isDone: boolean) => void>();
  let session: string | undefined;
  let channel: BroadcastChannel | undefined;
  let isDisposed = false;

  const driver = createLinkDriver({
    client,
    ask: (signal) => client.request('inboxTicket', undefined, { signal }),
    tell: (event) => runner.tell(event),
    hear: (attempt, text) => {
      const frame = readFrame(text);
      if (frame) runner.tell({ type: 'frame', attempt, frame });
    },
  });
  /** Makes what tells the machine that something happened. */
  const teller =
    (type: 'lead' | 'unlead' | 'alone' | 'wake' | 'offline' | 'sleep' | 'hide') => () =>
      runner.tell({ type });
  const leadership =
    locks &&
    createLeadership(locks, {
      lead: teller('lead'),
      unlead: teller('unlead'),
      fail: teller('alone'),
    });

  const showState = (state: InboxState) => {
    const shown = showInboxLink(state);
    if (JSON.stringify(shown) !== JSON.stringify(link.get())) link.set(shown);
    setList(rings, state.book.rings);
    inCall.set(state.book.inCall);
  };
  const settle = (id: string, isDone: boolean) => {
    const done = pending.get(id);
    pending.delete(id);
    done?.(isDone);
  };
  const perform = (effect: InboxEffect) => {
    switch (effect.type) {
      case 'say':
        driver.send(effect.attempt, effect.frame);
        break;
      case 'post':
        channel?.postMessage({ version: TABS_VERSION, message: effect.message });
        break;
      case 'settle':
        settle(effect.id, effect.isDone);
        break;
      case 'compete':
      case 'steal':
        leadership?.[effect.type](session ?? '');
        break;
      case 'yield':
        leadership?.yield();
        break;
      case 'tell':
        break;
      default:
        driver.run([effect]);
    }
  };
  const runner = runMachine<InboxState, InboxEvent, InboxEffect>(client, {
    initial: createInbox(self, { isAlone: !hasTabs, seed: Math.random() * 2 ** 32 }),
    step: stepInbox,
    deadline: inboxDeadline,
    time: { type: 'time' },
    perform: (effects, state) => {
      for (const effect of effects) perform(effect);
      // Listeners come last: they see the stores as they are after the event.
      showState(state);
      for (const effect of effects)
        if (effect.type === 'tell')
          for (const listener of [...(listeners.get(effect.name) ?? [])])
            callListener(() => listener(effect.event as never));
    },
  });

  const closeChannel = () => {
    channel?.close();
    channel = undefined;
  };
  const openChannel = (name: string) => {
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => {
      if (data?.version === TABS_VERSION) runner.tell({ type: 'message', message: data.message });
    };
    // A channel keeps Node awake, and a program that only waits for tabs should end.
    (channel as { unref?(): void }).unref?.();
  };
  const onSession = (next: SessionState) => {
    const name = nameSession(next);
    if (name === session && next.state !== 'signed_out') return;
    session = name;
    if (next.state !== 'unknown') runner.tell({ type: 'signOut' });
    closeChannel();
    if (name === undefined) return;
    if (hasTabs) openChannel(name);
    runner.tell({ type: 'signIn' });
  };
  const stopSession = client.session.subscribe(onSession);
  const stopPage = listenToPage(options.page ?? ownPage(), {
    wake: teller('wake'),
    offline: teller('offline'),
    sleep: teller('sleep'),
    hide: teller('hide'),
  });

  const act = (frame: CommandFrame): Promise<void> =>
    new Promise((resolve, reject) => {
      const id = `${self}.${crypto.getRandomValues(new Uint32Array(1))[0]}`;
      const end = (isDone: boolean) =>
        isDone ? resolve() : reject(noAnswer(client.language, { lost: false }));
      if (isDisposed) return end(false);
      pending.set(id, end);
      runner.tell({ type: 'command', id, frame });
    });

  return {
    link,
    rings,
    inCall,
    on: (name, listener) => {
      const heard = listeners.get(name) ?? new Set();
      listeners.set(name, heard.add(listener));
      return () => void heard.delete(listener);
    },
    decline: (call) => act({ type: 'decline', call }),
    hangUp: (call) => act({ type: 'hangup', call }),
    taken: (call) => runner.tell({ type: 'taken', call }),
    typing: (chat) => runner.tell({ type: 'typing', chat }),
    readUpTo: (n) => runner.tell({ type: 'readUpTo', n }),
    dispose: () => {
      if (isDisposed) return;
      isDisposed = true;
      stopSession();
      stopPage();
      listeners.clear();
      leadership?.yield();
      driver.dispose();
      runner.dispose();
      closeChannel();
      for (const id of [...pending.keys()]) settle(id, false);
      link.set({ state: 'off' });
    },
  };
};
