import { afterEach, describe, expect, test } from 'vitest';
import { openInbox } from '../../../client/src/inbox.ts';
import { memoryStorage } from '../../../client/src/options.ts';
import { newUser } from '../../support/calls/people.ts';
import { legacyToken } from '../../support/tokens.ts';
import { closeTabs, openTab } from './tabs.ts';

afterEach(closeTabs);

/** A target that knows how many listeners it has. */
const countListeners = () => {
  const target = new EventTarget();
  let count = 0;
  const counting = new Proxy(target, {
    get: (_, name: keyof EventTarget) => {
      if (name === 'addEventListener') count += 1;
      if (name === 'removeEventListener') count -= 1;
      return target[name]?.bind(target);
    },
  });
  return { target: counting, count: () => count };
};

/** Surroundings that know what an inbox leaves in them. */
const surround = () => {
  const timers = new Set<unknown>();
  const sockets = new Set<WebSocket>();
  const [window, document] = [countListeners(), countListeners()];
  class Counted extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      sockets.add(this);
    }
  }
  const clock = {
    now: () => Date.now(),
    setTimeout: (work: () => void, ms: number) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
      return timer;
    },
    clearTimeout: (timer: unknown) => {
      timers.delete(timer);
      clearTimeout(timer as NodeJS.Timeout);
    },
  };
  const look = async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    return {
      timers: timers.size,
      listeners: window.count() + document.count(),
      sockets: [...sockets].filter(({ readyState }) => readyState < WebSocket.CLOSING).length,
      locks: [...held, ...pending].filter(({ name }) => name?.startsWith('aist.inbox')).length,
    };
  };
  const page = { window: window.target, document: document.target, isOnline: () => true };
  return { clock, page, WebSocket: Counted, look };
};

const NOTHING = { timers: 0, listeners: 0, sockets: 0, locks: 0 };

/** When it is disposed of. */
const MOMENTS = ['off', 'connecting', 'online'] as const;

describe('an inbox that is disposed of', () => {
  test.each(MOMENTS)(
    'It leaves no timer, listener, socket or lock when it was %s',
    async (moment) => {
      const { clock, page, WebSocket, look } = surround();
      const client = openTab(memoryStorage(), { clock, WebSocket });
      if (moment !== 'off') await client.signIn(await legacyToken((await newUser()).id));
      const inbox = openInbox(client, { page, locks: navigator.locks });
      await expect.poll(() => inbox.link.get().state).toBe(moment);
      expect((await look()).listeners).toBe(7);
      inbox.dispose();
      inbox.dispose();
      await expect.poll(look).toEqual(NOTHING);
      expect(inbox.link.get()).toEqual({ state: 'off' });
      await expect(inbox.decline('a call')).rejects.toMatchObject({ code: 'no_answer' });
      inbox.typing('a chat');
      inbox.taken('a call');
      expect(await look()).toEqual(NOTHING);
    },
  );

  test('A listener may dispose of it, and what waits to be sent ends with an error', async () => {
    const { clock, page, WebSocket, look } = surround();
    const client = openTab(memoryStorage(), { clock, WebSocket });
    await client.signIn(await legacyToken((await newUser()).id));
    const inbox = openInbox(client, { page, locks: navigator.locks });
    const waiting = inbox.decline('a call');
    const stop = inbox.link.subscribe(({ state }) => {
      if (state === 'connecting') queueMicrotask(() => inbox.dispose());
    });
    await expect(waiting).rejects.toMatchObject({ code: 'no_answer' });
    stop();
    await expect.poll(look).toEqual(NOTHING);
  });
});
