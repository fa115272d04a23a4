import { neon } from '@neondatabase/serverless';
import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../party/wire/to-worker.ts';
import type { PastCall } from '../../src/contract/http/calls.ts';
import type { Device } from '../support/calls/device.ts';
import { newDevice } from '../support/calls/device.ts';
import { newUsers } from '../support/calls/people.ts';
import { missedRecord, recordOf, tellWorker } from '../support/calls/records.ts';
import { two } from '../support/calls/scenes.ts';
import { runningApi } from '../support/client.ts';
import { ProxyControl } from '../support/proxy.ts';
import { repeated } from '../support/races.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const sql = neon(String(stack.settings.DATABASE_URL));
const database = new ProxyControl(stack.databaseProxy);
const NOON = Date.UTC(2026, 10, 1, 12);

const page = async (
  device: Device,
  query = '',
): Promise<{ calls: PastCall[]; next: string | null }> => {
  const answer = await device.send('GET', `/api/calls${query}`);
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text);
};

/** The ids on all pages of a history, one after another. */
const pages = async (
  device: Device,
  limit: number,
  between: () => Promise<unknown> = async () => undefined,
) => {
  const ids: string[][] = [];
  for (let next: string | null = ''; next !== null; ) {
    const { calls, next: following } = await page(
      device,
      `?limit=${limit}${next && `&before=${next}`}`,
    );
    ids.push(calls.map(({ callId }) => callId));
    next = following;
    await between();
  }
  return ids;
};

const keep = async (...records: CallRecord[]) => {
  const answers = await Promise.all(records.map((record) => tellWorker(api, record)));
  expect(answers.map(({ status }) => status)).toEqual(records.map(() => 200));
};

describe('the history of calls', () => {
  test('[C9] the history has a call as each of its two saw it', async () => {
    const { a, b } = await two();
    const record = missedRecord(a.user.id, [b.user.id], { video: true, createdAt: NOON });
    await keep(record);
    const common = {
      callId: record.call,
      video: true,
      group: false,
      startedAt: '2026-11-01T12:00:00.000Z',
      answeredAt: null,
      endedAt: '2026-11-01T12:00:47.000Z',
      durationSeconds: 0,
      reason: 'missed',
    };
    const peers = ({ user: { id: userId, username, displayName } }: Device) => [
      { userId, username, displayName },
    ];
    const outgoing = { ...common, direction: 'outgoing', missed: false, peers: peers(b) };
    expect(await page(a)).toEqual({ calls: [outgoing], next: null });
    const incoming = { ...common, direction: 'incoming', missed: true, peers: peers(a) };
    expect(await page(b)).toEqual({ calls: [incoming], next: null });
  });

  test('[C8, C9] the history has everybody else of a group, the caller first, the deleted unnamed', async () => {
    const me = await newDevice();
    const [caller = '', ...others] = (await newUsers(4)).map(({ id }) => id);
    await keep(recordOf(caller, [...others, me.user.id]));
    await sql`delete from users where id = ${caller}`;
    const [call] = (await page(me)).calls;
    expect(call).toMatchObject({
      group: true,
      direction: 'incoming',
      durationSeconds: 42,
      missed: false,
    });
    expect(call?.peers[0]).toEqual({ userId: caller, username: '', displayName: '' });
    expect(call?.peers.slice(1).map(({ userId }) => userId)).toEqual(others.sort());
  });

  test('[C9] the history is read page by page, the newest first, each call once', async () => {
    const me = await newDevice();
    const other = crypto.randomUUID();
    const records = [0, 1, 1, 1, 2, 3, 3].map((minute) =>
      recordOf(me.user.id, [other], { createdAt: NOON + minute * 60_000 + 123 }),
    );
    await keep(...records);
    const newestFirst = records
      .sort((a, b) => b.createdAt - a.createdAt || (a.call < b.call ? 1 : -1))
      .map(({ call }) => call);
    let later = NOON + 600_000;
    const another = () => keep(recordOf(other, [me.user.id], { createdAt: later++ }));
    for (const limit of [1, 2, 3]) {
      const seen = await pages(me, limit, limit === 1 ? another : undefined);
      expect(seen.flat().filter((call) => newestFirst.includes(call))).toEqual(newestFirst);
      expect(Math.max(...seen.map(({ length }) => length))).toBe(limit);
    }
    const [all] = await pages(me, 100);
    expect([all?.length, new Set(all).size]).toEqual([14, 14]);
  });

  test('[C9] the history has 50 calls on a page, costs 1 statement, and is nobody else’s', async () => {
    const { a: me, b: stranger } = await two();
    const other = crypto.randomUUID();
    await keep(...repeated(51, (n) => recordOf(me.user.id, [other], { createdAt: NOON + n })));
    expect((await pages(me, 50)).map(({ length }) => length)).toEqual([50, 1]);
    await database.behave({ mode: 'pass' });
    expect((await page(me)).calls).toHaveLength(50);
    expect(await database.calls()).toBe(1);
    expect(await page(stranger)).toEqual({ calls: [], next: null });
  });

  test('[C9] the history refuses a page that is none', async () => {
    const me = await newDevice();
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=x',
      'before=x',
      'before=',
      'before=1.%00',
    ]) {
      const answer = await me.send('GET', `/api/calls?${query}`);
      expect([query, answer.status, answer.body.code]).toEqual([query, 400, 'invalid_field']);
    }
  });
});
