import { describe, expect, test } from 'vitest';
import { CHANGE_CHATS, CHANGE_MEMBERS, CREATE_CHATS } from '../../src/chats/limits.ts';
import { newPeople } from '../support/chats/chats.ts';
import { groupOf, stateOf } from '../support/chats/groups.ts';
import { chatsAs, onePerson, twoPeople } from '../support/chats/people.ts';
import type { Answer } from '../support/client.ts';
import { localApi, TestClock } from '../support/client.ts';
import { race, repeated, statuses } from '../support/races.ts';

const clock = new TestClock();
const api = localApi({}, clock.now);

/** Uses up a limit, and checks what is answered beyond it and after a while. */
const exhaust = async (
  { burst, perSecond }: { burst: number; perSecond: number },
  request: () => Promise<Answer>,
) => {
  for (let used = 0; used < burst; used++) {
    const answer = await request();
    expect(answer.status, answer.text).toBeLessThan(300);
  }
  const seconds = 1 / perSecond;
  const refused = await request();
  expect(refused).toMatchObject({
    status: 429,
    body: { code: 'too_many_requests', retryAfterSeconds: seconds },
  });
  expect(refused.headers.get('Retry-After')).toBe(String(seconds));
  clock.advance(seconds);
  expect((await request()).status).toBeLessThan(300);
  expect((await request()).status).toBe(429);
};

describe('limits of chats', () => {
  test('[M36] somebody creates 20 chats at once, then one a minute', async () => {
    const [me, peer] = await twoPeople();
    const mine = chatsAs(api, me);
    const { id } = await mine.made({ peerUserId: peer.id });
    clock.advance(60);
    await exhaust(CREATE_CHATS, () => mine.create({ type: 'channel', name: 'А' }));
    expect(await mine.list()).toHaveLength(CREATE_CHATS.burst + 2);
    const other = await onePerson();
    expect((await mine.create({ peerUserId: other.id })).status).toBe(429);
    expect(await chatsAs(api, other).list()).toEqual([]);
    const there = await mine.create({ peerUserId: peer.id });
    expect([there.status, there.body.id]).toEqual([200, id]);
  });

  test('[M36] somebody changes members 20 times at once, then 6 times a minute', async () => {
    const [me, member] = await twoPeople();
    const id = await groupOf(api, [me]);
    let isIn = false;
    await exhaust(CHANGE_MEMBERS, async () => {
      const mine = chatsAs(api, me);
      const answer = await (isIn ? mine.remove(id, member) : mine.add(id, member));
      if (answer.status === 200) isIn = !isIn;
      return answer;
    });
    expect(await stateOf(id)).toMatchObject({ version: CHANGE_MEMBERS.burst + 2 });
    expect((await chatsAs(api, me).add(id, me)).status).toBe(200);
  });

  test('[M36] joining and leaving count as changes of members', async () => {
    const [me, other] = await twoPeople();
    const id = await groupOf(api, [other], 'channel');
    let isIn = false;
    await exhaust(CHANGE_MEMBERS, async () => {
      const mine = chatsAs(api, me);
      const answer = await (isIn ? mine.remove(id, me) : mine.join(id));
      if (answer.status === 200) isIn = !isIn;
      return answer;
    });
  });

  test('[M36] somebody changes chats and roles 20 times at once, then 10 times a minute', async () => {
    const [me, member] = await twoPeople();
    const id = await groupOf(api, [me, member]);
    let made = 0;
    await exhaust(CHANGE_CHATS, async () => {
      const mine = chatsAs(api, me);
      const role = made % 4 === 1 ? 'admin' : 'member';
      const answer = await (made % 2 === 0
        ? mine.change(id, { name: `Имя ${made}` })
        : mine.role(id, member, role));
      if (answer.status === 200) made += 1;
      return answer;
    });
    expect((await chatsAs(api, me).change(id, {})).status).toBe(200);
  });

  test('[M36] of many chats that somebody creates at once as many are made as there is room', () =>
    race(async () => {
      const me = await onePerson();
      const make = () => chatsAs(api, me).create({ type: 'group', name: 'А' });
      for (let made = 3; made < CREATE_CHATS.burst; made++) await make();
      const answers = await Promise.all(repeated(8, make));
      expect(statuses(answers)).toEqual({ 201: 3, 429: 5 });
      expect(await chatsAs(api, me).list()).toHaveLength(CREATE_CHATS.burst);
    }));

  test('[M35] a request adds 50 people at most', async () => {
    const [me] = await newPeople(1);
    if (!me) throw new Error('Nobody was made');
    const id = await groupOf(api, [me]);
    const people = await newPeople(51);
    expect(await chatsAs(api, me).add(id, ...people)).toMatchObject({
      status: 400,
      body: { code: 'invalid_field' },
    });
    expect((await chatsAs(api, me).add(id, ...people.slice(0, 50))).status).toBe(200);
    expect(await stateOf(id)).toMatchObject({ version: 2 });
  });
});
