import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Rooms } from '../../party/wire/rooms.ts';
import { NO_ROOMS } from '../../party/wire/rooms.ts';
import { InboxServerFrame } from '../../src/contract/sockets/inbox.ts';
import { Device } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import type { Person } from '../support/chats/chats.ts';
import { messagesAs, newGroup, newPair } from '../support/chats/chats.ts';
import { localApi, runningApi, settleRunningApi } from '../support/client.ts';
import { ProxyControl } from '../support/proxy.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
const pass = () => Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
afterEach(pass);
afterAll(dropAll);

/** Rooms that do this when they are told something, and what they were told. */
const roomsThat = (ask: () => Promise<unknown>) => {
  const asked: Parameters<Rooms['ask']>[] = [];
  const rooms: Rooms = {
    ...NO_ROOMS,
    ask: (...one) => {
      asked.push(one);
      return ask();
    },
  };
  return { asked, api: localApi({}, Date.now, rooms) };
};

const deviceOf = (person: Person) => new Device(person, person.token);

/** The calls to the stores while something is done, with what runs behind the answers. */
const callsOf = async (work: () => Promise<unknown>) => {
  await settleRunningApi();
  await pass();
  await work();
  await settleRunningApi();
  return { sql: await database.calls(), redis: await redis.calls() };
};

describe('rooms that cannot be told', () => {
  test('[M21] a message is there and answered while no room answers', async () => {
    const { anna, boris, chat } = await newPair();
    const { promise: silence, resolve: endSilence } = Promise.withResolvers<unknown>();
    const { asked, api: local } = roomsThat(() => silence);
    const sent = await messagesAs(local, anna, chat).send({ text: 'Hello' });
    expect(sent.status, sent.text).toBe(201);
    const listed = await messagesAs(api, boris, chat).list('?limit=1');
    expect(JSON.parse(listed.text)).toMatchObject([{ id: sent.body.id, fromMe: false }]);
    await expect.poll(() => asked).toHaveLength(2);
    endSilence({});
  });

  test('[M21] rooms that fail are told once, which is logged once, and nothing else', async () => {
    const { people, chat } = await newGroup(5);
    const [anna] = people;
    const { asked, api: local } = roomsThat(() => Promise.reject(new Error('Out of reach')));
    const sent = anna && (await messagesAs(local, anna, chat).send({ text: 'Hello' }));
    await local.settle();
    expect([sent?.status, asked.length]).toEqual([201, 5]);
    const requestId = String(sent?.headers.get('X-Request-Id'));
    const log = readFileSync(stack.localLogFile, 'utf8').split('\n');
    const lines = log.filter((line) => line.includes(requestId) && line.includes('chat.not_told'));
    expect(lines).toHaveLength(1);
  });

  test.each([40, 41, 256])(
    '[M27] a message to %i members tells 40 rooms at most',
    async (count) => {
      const { people, chat } = await newGroup(count);
      const [anna] = people;
      const { asked, api: local } = roomsThat(async () => ({ outcome: 'done' }));
      const { sql, redis: evals } = await callsOf(async () => {
        expect((await messagesAs(local, anna as Person, chat).send({ text: 'Hello' })).status).toBe(
          201,
        );
        await local.settle();
      });
      expect(asked).toHaveLength(count > 40 ? 2 : count);
      expect([sql, evals]).toEqual([1, 1]);
    },
  );
});

describe('what live costs the stores', () => {
  test('[M28] typing is one statement, in a chat of mine or of others', async () => {
    const { anna, boris, chat } = await newPair();
    const other = await newPair();
    const [own, theirs] = [await deviceOf(anna).inbox(), await deviceOf(boris).inbox()];
    const typing = await callsOf(async () => {
      own.say({ type: 'typing', chat });
      await theirs.next({ type: 'typing' });
    });
    expect(typing).toEqual({ sql: 1, redis: 0 });
    await callsOf(async () => {
      own.say({ type: 'typing', chat: other.chat });
      await expect.poll(() => database.calls()).toBe(1);
    });
  });

  test('[M22] a hello that asks for the newest number is one statement', async () => {
    const { anna } = await newPair();
    const device = deviceOf(anna);
    const line = await device.inbox();
    const calls = await callsOf(async () => {
      line.say({ type: 'hello', version: 1, since: 0 });
      await line.next({ type: 'welcome', n: 0 });
    });
    expect(calls).toEqual({ sql: 1, redis: 0 });
  });
});

describe('a database that fails', () => {
  test.each(['dead', 'hang', 'garbage', 'nonsense', 'half'] as const)(
    '[M22] a device is welcomed without a number when the database is %s',
    async (mode) => {
      const { anna } = await newPair();
      const device = deviceOf(anna);
      const line = await device.enter(await device.inboxTicket(), InboxServerFrame);
      await database.behave({ mode });
      line.say({ type: 'hello', version: 1, since: 0 });
      const { frame } = await line.next();
      expect(frame).toEqual({ type: 'welcome', version: 1, rings: [] });
    },
  );

  test('[M28] typing is lost when the database is dead, and nothing else', async () => {
    const { anna, boris, chat } = await newPair();
    const [own, theirs] = [await deviceOf(anna).inbox(), await deviceOf(boris).inbox()];
    await database.behave({ mode: 'dead' });
    own.say({ type: 'typing', chat });
    await expect.poll(() => database.calls()).toBeGreaterThan(0);
    await database.behave({ mode: 'pass' });
    expect((await messagesAs(api, anna, chat).send({ text: 'Hello' })).status).toBe(201);
    await theirs.next({ type: 'message', n: 1 });
    own.say({ type: 'ping' });
    await own.next({ type: 'pong' });
  });
});
