import { describe, expect, test } from 'vitest';
import type { ToldOfChat } from '../../../party/wire/chats.ts';
import { ToFanout, ToldOfChat as Told } from '../../../party/wire/chats.ts';
import type { Telling } from '../../../src/feed/plan.ts';
import { DIRECT_LIMIT, planTelling } from '../../../src/feed/plan.ts';

const news = { type: 'change', chat: 'k', what: 'member', version: 3 } as const;
const some = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ user: `u${n}`, n: n + 1 }));
const plan = (to: Telling['to'], more: Partial<Telling> = {}) =>
  planTelling({ news, to, all: false, ...more });
const partiesOf = (postings: ReturnType<typeof planTelling>) =>
  postings.map(({ room: { party, id } }) => `${party}/${id}`);

describe('who tells of a change', () => {
  test('[M27] up to 40 inboxes are told by the Worker', () => {
    const postings = plan(some(DIRECT_LIMIT));
    expect(partiesOf(postings)).toEqual(some(DIRECT_LIMIT).map(({ user }) => `inbox/${user}`));
    expect(postings[4]?.message).toEqual({ type: 'chat', news, n: 5 });
    expect(postings.every(({ message }) => Told.safeParse(message).success)).toBe(true);
  });

  test('[M27] one more, and the room of the chat tells them', () => {
    const to = some(DIRECT_LIMIT + 1);
    const [posting, ...others] = plan(to);
    expect(posting).toEqual({
      room: { party: 'fanout', id: 'k' },
      message: { type: 'tell', news, to },
    });
    expect(others).toEqual([]);
    expect(ToFanout.safeParse(posting?.message).success).toBe(true);
  });

  test('[M3, M27] who acted is told by the Worker, since only it knows their session', () => {
    const actor = { user: 'u7', sid: 's', clientId: 'mine' };
    const expected = { type: 'chat', news, n: 8, sid: 's', clientId: 'mine' };
    for (const count of [10, 256]) {
      const postings = plan(some(count), { actor });
      const own = postings.filter(({ room }) => room.id === 'u7');
      expect(own.map(({ message }) => message)).toEqual([expected]);
      const others = postings.filter(({ room }) => room.id !== 'u7');
      expect(JSON.stringify(others)).not.toContain('mine');
    }
  });

  test('[M26] all members of a large chat are told, those who have a number with it', () => {
    const actor = { user: 'u0', sid: 's' };
    const [own, rest, ...others] = plan(some(3), { all: true, actor });
    expect(own?.room).toEqual({ party: 'inbox', id: 'u0' });
    expect(rest?.message).toEqual({
      type: 'tell',
      news,
      to: some(3).slice(1),
      all: { except: ['u0', 'u1', 'u2'] },
    });
    expect(others).toEqual([]);
  });

  test('[M21] what a change is for one of them is told to that one', () => {
    const messages = plan([
      { user: 'a', n: 1 },
      { user: 'b', n: 2, what: 'left' },
    ]).map(({ message }) => message as ToldOfChat);
    expect(messages.map(({ what }) => what)).toEqual([undefined, 'left']);
  });

  test('[M21] an id that names no room is left out, and nobody is told of nothing', () => {
    expect(partiesOf(plan([{ user: 'a/../b' }, { user: '' }, { user: 'c' }]))).toEqual(['inbox/c']);
    expect(plan([])).toEqual([]);
  });
});
