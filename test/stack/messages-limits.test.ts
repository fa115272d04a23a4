import { afterEach, describe, expect, test } from 'vitest';
import { DELETE_RATE, EDIT_RATE, MARK_RATE, SEND_RATE } from '../../src/messages/limits.ts';
import { messagesAs, newChat, newPair, sql } from '../support/chats/chats.ts';
import type { Answer } from '../support/client.ts';
import { localApi, TestClock } from '../support/client.ts';
import { database, heal } from '../support/proxies.ts';
import { race, repeated, statuses, together } from '../support/races.ts';

afterEach(heal);

/** A talk on a clock that stands still. */
const newTalk = async () => {
  const clock = new TestClock();
  const api = localApi({}, clock.now);
  const { anna, boris, chat } = await newPair();
  const [asAnna, asBoris] = [messagesAs(api, anna, chat), messagesAs(api, boris, chat)];
  return { api, clock, anna, boris, chat, asAnna, asBoris };
};

const lastSeq = async (chat: string) =>
  (await sql`select last_seq::int from chats where id = ${chat}`)[0]?.last_seq;

/** Fills a chat with messages of somebody. */
const fill = async (chat: string, senderId: string, count: number): Promise<string[]> => {
  const rows = await sql`insert into messages (id, chat_id, sender_id, text, seq, version)
    select gen_random_uuid(), ${chat}, ${senderId}, 'Раз', n, n
    from generate_series(1, ${count}::int) as n returning id`;
  await sql`update chats set last_seq = ${count} where id = ${chat}`;
  return rows.map(({ id }) => String(id));
};

const expectToWait = (answer: Answer, seconds: number) => {
  expect(answer.status, answer.text).toBe(429);
  expect(answer.body).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: seconds });
  expect(answer.headers.get('Retry-After')).toBe(String(seconds));
};

describe('how many messages somebody sends', () => {
  test('[M15, H12] 20 at once, then one a second, and what is refused is not written', async () => {
    const { clock, chat, asAnna, asBoris } = await newTalk();
    for (let i = 0; i < 20; i++) expect((await asAnna.send({ text: 'Раз' })).status).toBe(201);
    expectToWait(await asAnna.send({ text: 'Раз' }), 1);
    expect(await lastSeq(chat)).toBe(20);
    expect((await asBoris.send({ text: 'Раз' })).status).toBe(201);
    clock.advance(1);
    expect((await asAnna.send({ text: 'Раз' })).status).toBe(201);
    expectToWait(await asAnna.send({ text: 'Раз' }), 1);
    clock.advance(5);
    const later = [];
    for (let i = 0; i < 6; i++) later.push((await asAnna.send({ text: 'Раз' })).status);
    expect(later).toEqual([201, 201, 201, 201, 201, 429]);
  });

  test('[M15] it counts in all chats together', async () => {
    const { api, anna, boris, chat } = await newTalk();
    const other = await newChat({ type: 'group' }, [anna, boris]);
    for (let i = 0; i < 20; i++) {
      await messagesAs(api, anna, i % 2 ? chat : other).send({ text: 'Раз' });
    }
    for (const one of [chat, other]) {
      expectToWait(await messagesAs(api, anna, one).send({ text: 'Раз' }), 1);
    }
  });

  test('[M10, M15] a repeated clientId costs nothing, and is answered past the limit', async () => {
    const { asAnna } = await newTalk();
    for (let i = 0; i < 30; i++) await asAnna.send({ text: 'Раз', clientId: 'a-1' });
    for (let i = 0; i < 19; i++) expect((await asAnna.send({ text: 'Раз' })).status).toBe(201);
    expectToWait(await asAnna.send({ text: 'Раз' }), 1);
    expect((await asAnna.send({ text: 'Раз', clientId: 'a-1' })).status).toBe(200);
  });

  test('[M15] what is refused for another reason costs nothing', async () => {
    const { api, anna, asAnna } = await newTalk();
    for (let i = 0; i < 30; i++) {
      await asAnna.send({ text: '' });
      await messagesAs(api, anna, crypto.randomUUID()).send({ text: 'Раз' });
    }
    for (let i = 0; i < 20; i++) expect((await asAnna.send({ text: 'Раз' })).status).toBe(201);
  });

  test('[M15] of many at once exactly 20 are sent', () =>
    race(async () => {
      const { chat, asAnna } = await newTalk();
      const sends = repeated(30, () => () => asAnna.send({ text: 'Раз' }));
      const answers = await together(database, 'insert into messages', sends);
      expect(statuses(answers)).toEqual({ 201: 20, 429: 10 });
      expect(await lastSeq(chat)).toBe(20);
    }));
});

describe('limits of their own', () => {
  test('[M15] edits: a burst, then one in two seconds; the same text again is free', async () => {
    const { anna, chat, clock, asAnna } = await newTalk();
    const [id = ''] = await fill(chat, anna.id, 1);
    for (let i = 0; i < EDIT_RATE.burst; i++) {
      expect((await asAnna.edit(id, { text: `Раз ${i}` })).status).toBe(200);
    }
    expectToWait(await asAnna.edit(id, { text: 'Ещё' }), 1 / EDIT_RATE.perSecond);
    expect((await asAnna.get(id)).body.text).toBe(`Раз ${EDIT_RATE.burst - 1}`);
    const same = await asAnna.edit(id, { text: `Раз ${EDIT_RATE.burst - 1}` });
    expect(same.status).toBe(200);
    clock.advance(1 / EDIT_RATE.perSecond);
    expect((await asAnna.edit(id, { text: 'Ещё' })).status).toBe(200);
    expect((await asAnna.send({ text: 'Два' })).status).toBe(201);
  });

  test('[M15] deletions: a burst, then one a second; what is deleted already is free', async () => {
    const { anna, chat, clock, asAnna } = await newTalk();
    const ids = await fill(chat, anna.id, DELETE_RATE.burst + 1);
    const [first = '', ...others] = ids;
    const last = others.at(-1) ?? '';
    for (const id of ids.slice(0, -1)) expect((await asAnna.remove(id)).status).toBe(200);
    expectToWait(await asAnna.remove(last), 1 / DELETE_RATE.perSecond);
    expect((await asAnna.get(last)).body.deleted).toBeUndefined();
    expect((await asAnna.remove(first)).status).toBe(200);
    clock.advance(1);
    expect((await asAnna.remove(last)).status).toBe(200);
  });

  test('[M15] marks: a burst, then two a second; one that does not grow is free', async () => {
    const { anna, chat, clock, asBoris } = await newTalk();
    await fill(chat, anna.id, MARK_RATE.burst + 1);
    for (let seq = 1; seq <= MARK_RATE.burst; seq++) {
      expect((await asBoris.read(seq)).status).toBe(200);
    }
    expectToWait(await asBoris.read(MARK_RATE.burst + 1), 1);
    const mark = await asBoris.read(0);
    expect([mark.status, mark.body]).toEqual([200, { readSeq: MARK_RATE.burst, unread: 1 }]);
    clock.advance(1 / MARK_RATE.perSecond);
    expect((await asBoris.read(MARK_RATE.burst + 1)).body).toMatchObject({ unread: 0 });
  });

  test('[M15] each counts alone', () => {
    const names = [SEND_RATE, EDIT_RATE, DELETE_RATE, MARK_RATE].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
