import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TurnStandIn } from '../../dev/turn/server.ts';
import { startTurn } from '../../dev/turn/server.ts';

const KEY = { keyId: 'a-key', apiToken: 'a-token' };
let turn: TurnStandIn;
beforeAll(async () => {
  turn = await startTurn(KEY);
});
afterAll(() => turn.close());

const ask = (path: string, body?: unknown, { keyId, apiToken } = KEY) =>
  fetch(`${turn.url}/v1/turn/keys/${keyId}/credentials/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiToken}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const live = async () => (await fetch(`${turn.url}/_/credentials`)).json();
const generate = async (): Promise<string> => {
  const answer = await ask('generate-ice-servers', { ttl: 60 });
  expect(answer.status).toBe(201);
  const { iceServers } = await answer.json();
  return iceServers[1].username;
};

describe('the stand-in for Cloudflare’s TURN', () => {
  test('the stand-in for TURN gives a new credential each time, which lives until it is revoked', async () => {
    const [one, other] = [await generate(), await generate()];
    expect(await live()).toEqual({ [one]: 60, [other]: 60 });
    expect((await ask(`${one}/revoke`)).status).toBe(204);
    expect(await live()).toEqual({ [other]: 60 });
    expect((await ask(`${one}/revoke`)).status).toBe(404);
  });

  test('the stand-in for TURN knows its key alone, and refuses a time that Cloudflare would', async () => {
    const wanted = { ttl: 60 };
    expect(
      (await ask('generate-ice-servers', wanted, { ...KEY, apiToken: 'another' })).status,
    ).toBe(401);
    expect((await ask('generate-ice-servers', wanted, { ...KEY, keyId: 'another' })).status).toBe(
      404,
    );
    for (const ttl of [0, 172_801, '60', undefined])
      expect((await ask('generate-ice-servers', { ttl })).status).toBe(400);
  });

  test('the stand-in for TURN fails so often as it is told to', async () => {
    await fetch(`${turn.url}/_/fail`, {
      method: 'POST',
      body: JSON.stringify({ times: 2, status: 500 }),
    });
    expect([(await ask('x/revoke')).status, (await ask('x/revoke')).status]).toEqual([500, 500]);
    expect((await ask('x/revoke')).status).toBe(404);
  });
});
