import { describe, expect, test, vi } from 'vitest';
import { createClient } from '../../client/src/client.ts';
import type { SessionStorage } from '../../client/src/options.ts';
import { browserStorage, memoryStorage } from '../../client/src/options.ts';

const url = 'http://127.0.0.1:1';

/** A token as the server makes them, but for its signature, which the client does not check. */
const TOKEN = `.${btoa(JSON.stringify({ userId: 'u', exp: Date.now() / 1_000 + 3_600 }))}.`;

/** A storage that refuses, and says in its error what it was to keep. */
const refuse = (value: unknown): never => {
  throw new Error(`There is no room for ${value}`);
};

const open = (storage: Partial<SessionStorage>) => {
  const log = vi.fn();
  return { log, client: createClient({ url, log, storage: { ...memoryStorage(), ...storage } }) };
};

describe('a session whose storage fails', () => {
  test('Who cannot be read is not signed in, and can sign in all the same', async () => {
    const { client, log } = open({ get: refuse });
    await expect.poll(() => client.session.get()).toEqual({ state: 'signed_out', why: 'new' });
    expect(log).toHaveBeenCalledWith('storage.failed', { error: 'Error' });
    await client.signIn(TOKEN);
    expect(client.session.get()).toMatchObject({ state: 'signed_in', userId: 'u' });
    client.dispose();
  });

  test('A session that cannot be kept lives as long as the page, and no log has its token', async () => {
    const { client, log } = open({ set: refuse });
    await client.signIn(TOKEN);
    expect(client.session.get()).toMatchObject({ state: 'signed_in', userId: 'u' });
    expect(JSON.stringify(log.mock.calls)).toContain('storage.failed');
    expect(JSON.stringify(log.mock.calls)).not.toContain(TOKEN);
    client.dispose();
  });

  test('A localStorage that throws is none', async () => {
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
    const storage = browserStorage();
    await storage.set('key', 'value');
    expect(await storage.get('key')).toBe('value');
    vi.unstubAllGlobals();
  });

  test('What ends a session after dispose ends it, and throws nothing', async () => {
    const { client } = open({});
    await client.signIn(TOKEN);
    client.dispose();
    await client.signOut();
    expect(client.session.get()).toEqual({ state: 'signed_out', why: 'signed_out' });
  });
});
