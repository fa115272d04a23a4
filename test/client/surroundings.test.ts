import { afterEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '../../client/src/client.ts';
import { createLinkDriver } from '../../client/src/link/driver.ts';
import type { LinkEvent } from '../../client/src/link/types.ts';
import { memoryStorage, systemClock } from '../../client/src/options.ts';
import { createStore } from '../../client/src/store.ts';

const API = 'http://127.0.0.1:1';

const fail = (): never => {
  throw new Error('An app has a fault');
};

afterEach(() => vi.unstubAllGlobals());

describe('what an app gives to the client', () => {
  test('A listener that throws is reported, and stops neither the others nor who sets', () => {
    const report = vi.fn();
    vi.stubGlobal('reportError', report);
    const store = createStore(0);
    const heard: number[] = [];
    store.subscribe(fail);
    store.subscribe((value) => heard.push(value));
    store.set(1);
    expect(heard).toEqual([0, 1]);
    expect(report).toHaveBeenCalledTimes(2);
  });

  test('A log that throws is reported, and stops nothing', () => {
    const report = vi.fn();
    vi.stubGlobal('reportError', report);
    const client = createClient({ url: API, storage: memoryStorage(), log: fail });
    client.log('something', {});
    expect(report).toHaveBeenCalledTimes(1);
    client.dispose();
  });

  test('A language that changes is that of the next request', async () => {
    const asked: unknown[] = [];
    let language: 'ru' | 'en' = 'ru';
    const client = createClient({
      url: API,
      storage: memoryStorage(),
      get language() {
        return language;
      },
      fetch: (input, init) => {
        asked.push(new Headers(init?.headers).get('X-Language'));
        return fetch(input, init);
      },
    });
    await client.attempt('requestCode', { phone: '+79990000001' });
    language = 'en';
    const { ok, ...tried } = await client.attempt('requestCode', { phone: '+79990000001' });
    expect(asked).toEqual(['ru', 'en']);
    expect(tried).toMatchObject({ error: { message: 'No answer. Check the connection' } });
    expect(ok).toBe(false);
    client.dispose();
  });

  test('A clock that is set back goes on from where it was, and what is planned comes in time', () => {
    let time = 10_000_000;
    const clock = { ...systemClock, now: () => time };
    const client = createClient({ url: API, storage: memoryStorage(), clock });
    const planned = client.clock.now() + 1_000;
    time -= 3_600_000;
    expect(client.clock.now()).toBe(10_000_000);
    time += 1_000;
    expect(client.clock.now()).toBe(planned);
    time += 86_400_000;
    expect(client.clock.now()).toBe(planned + 86_400_000);
    client.dispose();
  });

  test.each(['', 'localhost', 'localhost:8787', '127.0.0.1:8787', 'ftp://api.example'])(
    'A url that leads to no API is refused at once: %s',
    (url) => {
      expect(() => createClient({ url, storage: memoryStorage() })).toThrow(/wants a url like/);
    },
  );

  test('A url of a page may be relative', () => {
    vi.stubGlobal('location', { href: 'https://app.example/chats/1' });
    const client = createClient({ url: ['/', '/v2/'], storage: memoryStorage() });
    expect(client.url).toBe('https://app.example');
    client.dispose();
  });

  test('A socket that cannot be opened is logged without its ticket', async () => {
    const log = vi.fn();
    const told: LinkEvent[] = [];
    class Refusing {
      constructor(url: string) {
        throw new SyntaxError(`The URL ${url} is invalid`);
      }
    }
    const driver = createLinkDriver({
      client: { WebSocket: Refusing as unknown as typeof WebSocket, url: API, log },
      ask: async () => ({ ticket: 'secret', url: '/parties/inbox/u' }),
      tell: (event) => {
        told.push(event);
        if (event.type === 'ticket') driver.run([{ type: 'open', attempt: 1, url: event.url }]);
      },
      hear: () => undefined,
    });
    driver.run([{ type: 'ask', attempt: 1 }]);
    await expect.poll(() => told.at(-1)?.type).toBe('closed');
    expect(log).toHaveBeenCalledWith('link.failed', { error: 'SyntaxError' });
    driver.dispose();
  });
});
