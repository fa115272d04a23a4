import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../client/src/client.ts';
import { memoryStorage, systemClock } from '../../client/src/options.ts';

const EXP = Math.ceil(Date.now() / 1_000) + 3_600;
const TOKEN = `.${btoa(JSON.stringify({ userId: 'u', exp: EXP }))}.`;

/** A client whose longest pauses are short, of a server that answers so. */
const open = async (answer: RequestListener) => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const client = createClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    storage: memoryStorage(),
    clock: { ...systemClock, setTimeout: (work, ms) => setTimeout(work, ms > 20_000 ? 10 : ms) },
  });
  onTestFinished(() => {
    client.dispose();
    server.closeAllConnections();
    server.close();
  });
  return client;
};

describe('whoever signs in and out', () => {
  test('What is no token is refused, and the session stays as it was', async () => {
    const client = await open(() => undefined);
    await client.signIn(TOKEN);
    for (const token of ['garbage', '', 'a.b.c'])
      await expect(client.signIn(token)).rejects.toThrow(/^signIn wants a token/);
    expect(client.session.get()).toMatchObject({ state: 'signed_in', userId: 'u' });
  });

  test('They are gone here at once, also when the server does not answer', async () => {
    const client = await open(() => undefined);
    await client.signIn(TOKEN);
    const began = performance.now();
    await client.signOut();
    // A request gets ten seconds.
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(client.session.get()).toEqual({ state: 'signed_out', why: 'signed_out' });
  });

  test('The server hears of it once it can be reached', async () => {
    const heard: unknown[] = [];
    const client = await open(({ url, headers, socket }, response) => {
      heard.push([url, headers.authorization]);
      if (heard.length < 6) socket.destroy();
      else response.end('{"ok":true}');
    });
    await client.signIn(TOKEN);
    await client.signOut();
    await expect.poll(() => heard.length).toBe(6);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const logout = ['/api/auth/logout', `Bearer ${TOKEN}`];
    expect(heard).toEqual(Array.from({ length: 6 }, () => logout));
  });
});
