import { neon } from '@neondatabase/serverless';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sign } from '../../party/wire/signature.ts';
import type { CallRecord } from '../../party/wire/to-worker.ts';
import { newUsers } from '../support/calls/people.ts';
import { callerAndChat, missedRecord, recordOf, tellWorker } from '../support/calls/records.ts';
import { localApi, TestClock } from '../support/client.ts';
import { expectUnavailable } from '../support/faults.ts';
import { registerWebhook } from '../support/person.ts';
import { database, heal, redis } from '../support/proxies.ts';
import { race, repeated, together } from '../support/races.ts';
import { messagesOf } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const sql = neon(String(stack.settings.DATABASE_URL));
const clock = new TestClock();
const api = localApi({}, clock.now);
beforeAll(registerWebhook);
afterEach(async () => {
  await api.settle();
  await heal();
});

const tell = (record: CallRecord) => tellWorker(api, record, clock.now());
const rows = async ({ call }: CallRecord) =>
  (
    await sql`select (select count(*)::int from calls where id = ${call}) as calls,
    (select count(*)::int from call_members where call_id = ${call}) as members`
  )[0];

describe('what a room tells of a call', () => {
  test('[C9, C16] a record is kept once, however often it is told', async () => {
    const record = recordOf(crypto.randomUUID(), [crypto.randomUUID(), crypto.randomUUID()]);
    for (const answer of [await tell(record), await tell(record)]) {
      expect(answer).toMatchObject({ status: 200, body: { outcome: 'done' } });
    }
    expect(await rows(record)).toEqual({ calls: 1, members: 3 });
  });

  test('[C9, C16] a record is kept once when it is told several times at once', () =>
    race(async () => {
      const record = recordOf(crypto.randomUUID(), [crypto.randomUUID()]);
      const answers = await together(
        database,
        'insert into calls',
        repeated(5, () => () => tell(record)),
      );
      expect(answers.map(({ status }) => status)).toEqual(repeated(5, () => 200));
      expect(await rows(record)).toEqual({ calls: 1, members: 2 });
    }));

  test('[C9, H13] a record has to be told again while the database is gone', async () => {
    const { caller, callee, chat } = await callerAndChat();
    const record = missedRecord(caller.id, [callee.id]);
    await database.behave({ mode: 'dead' });
    await expectUnavailable(() => tell(record));
    await database.behave({ mode: 'pass' });
    expect((await tell(record)).status).toBe(200);
    await api.settle();
    expect(await rows(record)).toEqual({ calls: 1, members: 2 });
    expect(await messagesOf(chat)).toHaveLength(1);
  });

  test.each(['half', 'deaf'] as const)(
    '[C9] a record is kept once when the answer of the database is lost (%s)',
    async (mode) => {
      const record = recordOf(crypto.randomUUID(), [crypto.randomUUID()]);
      await database.behave({ mode, times: 1 });
      expect((await tell(record)).status).toBe(503);
      expect((await tell(record)).status).toBe(200);
      expect(await rows(record)).toEqual({ calls: 1, members: 2 });
    },
  );

  test.each([
    ['a time that is none', { createdAt: 1e20 }],
    ['a text that no database takes', { call: 'a\u0000b' }],
  ])(
    '[C9] a record is refused for good, unlike a database that is gone, when it holds %s',
    async (_, wrong) => {
      const [caller, callee] = await newUsers(2);
      const answer = await tell(recordOf(caller?.id ?? '', [callee?.id ?? ''], wrong));
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_field']);
    },
  );

  test('[C9] a record is believed with a signature for it alone', async () => {
    const body = JSON.stringify(recordOf(crypto.randomUUID(), [crypto.randomUUID()]));
    const secret = String(stack.settings.JWT_SECRET);
    const now = clock.now();
    const forged = await Promise.all([
      {},
      sign(['another secret'], { target: 'worker', body }, now),
      sign([secret], { target: 'call/x', body }, now),
      sign([secret], { target: 'worker', body: `${body} ` }, now),
      sign([secret], { target: 'worker', body }, now - 60_000),
    ]);
    for (const headers of forged) {
      expect((await api.send('POST', '/api/internal/rooms', { body, headers })).status).toBe(401);
    }
  });

  test('[C6, C9] a record costs 1 statement; a missed call 1 more and 1 EVAL behind the answer', async () => {
    const { caller, callee, chat } = await callerAndChat();
    const callsOf = async (record: CallRecord) => {
      await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
      await tell(record);
      await api.settle();
      return { sql: await database.calls(), redis: await redis.calls() };
    };
    const missed = missedRecord(caller.id, [callee.id]);
    expect(await callsOf(recordOf(caller.id, [callee.id]))).toEqual({ sql: 1, redis: 0 });
    expect(await callsOf(missed)).toEqual({ sql: 2, redis: 1 });
    expect(await callsOf(missed)).toEqual({ sql: 1, redis: 0 });
    expect(await messagesOf(chat)).toHaveLength(1);
  });
});
