import { describe, expect, test } from 'vitest';
import { newDevice } from '../support/calls/device.ts';
import { newUser, newUsers } from '../support/calls/people.ts';
import { tellWorker } from '../support/calls/records.ts';
import type { Answers, Asked } from '../support/calls/rooms.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { localApi } from '../support/client.ts';
import { expectUnavailable } from '../support/faults.ts';

describe('what a room answers', () => {
  const instead = { create: { outcome: 'instead', call: 'the-other' } } as const;
  const answered = async (answers: Answers) => {
    const { token } = await newDevice();
    const local = localApi({}, Date.now, cannedRooms(answers));
    const answer = await local.post('/api/calls', { to: (await newUser()).id }, { token });
    await local.settle();
    return answer;
  };

  test.each<[Answers, number, string]>([
    [{ create: { outcome: 'in_call' } }, 409, 'in_call'],
    [{ ...instead, permit: { outcome: 'elsewhere' } }, 409, 'in_call'],
    [{ ...instead, permit: { outcome: 'no_such_call' } }, 503, 'unavailable'],
    [{ create: { outcome: 'failed' } }, 503, 'unavailable'],
  ])('[C33, H13] the answer %j of a room is told as %i %s', async (answers, status, code) => {
    expect(await answered(answers)).toMatchObject({ status, body: { code } });
  });

  test('[C28, H12] the limit of calls is told as 429, with when to come again', async () => {
    const answer = await answered({ create: { outcome: 'limited', retryAfterSeconds: 42 } });
    expect(answer).toMatchObject({
      status: 429,
      body: { code: 'too_many_requests', retryAfterSeconds: 42 },
    });
    expect(answer.headers.get('Retry-After')).toBe('42');
  });

  test('[H13] a room that cannot be reached, or answers nonsense, is told as 503', async () => {
    const out = () => {
      throw new Error('Out of reach');
    };
    const [{ token }, { id }] = [await newDevice(), await newUser()];
    for (const local of [localApi(), localApi({}, Date.now, cannedRooms({ hear: out }))]) {
      await expectUnavailable(() => local.post('/api/calls', { to: id }, { token }));
      await expectUnavailable(() =>
        local.post(`/api/calls/${crypto.randomUUID()}/ticket`, {}, { token }),
      );
      await local.settle();
    }
  });
});

describe('the call of a legacy client, as its inbox tells of it', () => {
  const dialled = async (answers: Answers, to?: string) => {
    const [from, callee] = await newUsers(2);
    const asked: Asked[] = [];
    const local = localApi(
      {},
      Date.now,
      cannedRooms({ ...answers, hear: (...one) => asked.push(one) }),
    );
    const offer = {
      kind: 'offer' as const,
      sdp: 'v=0',
      raw: { sdp: { type: 'offer', sdp: 'v=0' } },
    };
    const who = { from: String(from?.id), device: 'ws-1', to: to ?? String(callee?.id) };
    const answer = await tellWorker(local, { type: 'call', ...who, offer, video: true });
    return { status: answer.status, said: answer.body, asked, offer, callee };
  };
  const theOther = { outcome: 'instead', call: 'the-other' } as const;
  const permit = (role: 'caller' | 'callee') => ({ outcome: 'ok', role, video: true }) as const;

  test('[C37] a legacy call rings with the offer as it came, and its id is told', async () => {
    const { status, said, asked, offer, callee } = await dialled({});
    const create = {
      type: 'create',
      device: 'ws-1',
      old: true,
      video: true,
      offer,
      callees: [{ user: callee?.id }],
    };
    expect(asked).toMatchObject([[{ party: 'call', id: said.call }, create]]);
    expect([status, said]).toMatchObject([
      200,
      { outcome: 'ok', call: expect.stringMatching(/^[\w-]{36}$/) },
    ]);
  });

  test('[C16] a legacy call is the one that it began already, when the first answer was lost', async () => {
    const { said } = await dialled({ create: theOther, permit: permit('caller') });
    expect(said).toEqual({ outcome: 'ok', call: 'the-other' });
  });

  test.each<[string, Answers]>([
    ['the other one’s came first: that one rings', { create: theOther, permit: permit('callee') }],
    ['another device has it', { create: theOther, permit: { outcome: 'elsewhere' } }],
    ['the callee is busy', { create: { outcome: 'created', state: 'ended', reason: 'busy' } }],
    ['the caller is in another', { create: { outcome: 'in_call' } }],
    ['there were too many', { create: { outcome: 'limited', retryAfterSeconds: 1 } }],
  ])('[C40] a legacy call is none when %s', async (_, answers) => {
    expect((await dialled(answers)).said).toEqual({ outcome: 'no' });
  });

  test('[C40] a legacy call is none when there is nobody whom it is for', async () => {
    for (const to of ['nobody-at-all', '', '\0', '\uD800', 'x'.repeat(60_000)]) {
      expect(await dialled({}, to)).toMatchObject({
        status: 200,
        said: { outcome: 'no' },
        asked: [],
      });
    }
  });

  test('[C16, H13] a legacy call has to be told again when its room cannot be reached', async () => {
    expect((await dialled({ create: { outcome: 'failed' } })).status).toBe(503);
  });
});
