import { describe, expect, test } from 'vitest';
import { AT_ONCE, ROUND_LIMIT, USEFUL_MS } from '../../../party/fanout/machine.ts';
import { fanoutRoomDefinition } from '../../../party/fanout/room.ts';
import { ToldOfChat } from '../../../party/wire/chats.ts';
import { Fanout, sent, users } from './fanout.ts';

const numbered = (names: readonly string[]) => names.map((user, index) => ({ user, n: index + 1 }));
/** How many requests an event may make on the free plan. */
const REQUESTS = 50;

describe('a room that tells the many members of a chat', () => {
  test('[M27] everybody is told once, each with their own number', () => {
    const room = new Fanout();
    const to = numbered(users(256));
    expect(room.tell({ news: sent(), to })).toEqual({ outcome: 'done' });
    room.settle();
    expect(room.hints.map(({ to: user, n }) => ({ user, n }))).toEqual(to);
    expect(room.hints.every((hint) => ToldOfChat.safeParse(hint).success)).toBe(true);
  });

  test('[M27] forty are told at a time, and no event makes more requests than it may', () => {
    const room = new Fanout();
    room.members = users(1_000);
    room.tell({ news: sent(), to: numbered(users(256)) });
    room.tell({ news: sent(2), to: [], all: { except: [] } });
    expect(room.hints).toHaveLength(AT_ONCE);
    room.settle();
    expect(room.hints).toHaveLength(1_256);
    expect(room.most).toBe(AT_ONCE);
    expect(Math.max(...room.perEvent)).toBeLessThan(REQUESTS);
  });

  test('[M27] the next are told in an event of their own, when half of them have answered', () => {
    const room = new Fanout();
    room.tell({ news: sent(), to: numbered(users(100)) });
    expect(fanoutRoomDefinition.deadline(room.state)).toBeUndefined();
    for (const user of users(AT_ONCE).slice(0, 10)) room.stuck.add(user);
    room.settle();
    expect(room.hints).toHaveLength(100);
  });

  test('[M27] what it is for one of them is told to that one', () => {
    const room = new Fanout();
    const news = { type: 'change', chat: 'k', what: 'member', version: 3 } as const;
    room.tell({
      news,
      to: [
        { user: 'a', n: 1 },
        { user: 'b', n: 2, what: 'left' },
      ],
    });
    expect(room.hints).toEqual([
      { type: 'chat', to: 'a', news, n: 1 },
      { type: 'chat', to: 'b', news, n: 2, what: 'left' },
    ]);
  });

  test('[M26, M27] of a large chat the members are read in pages, but for those who know', () => {
    const room = new Fanout();
    room.members = users(300);
    room.tell({
      news: sent(7),
      to: [{ user: 'u0005', n: 9 }],
      all: { except: ['u0005', 'u0299'] },
    });
    room.settle();
    expect(room.told().toSorted()).toEqual(users(299));
    expect(room.asked).toHaveLength(8);
    expect(room.asked[1]).toEqual({
      type: 'members',
      chat: 'k',
      after: 'u0039',
      seq: 7,
      limit: AT_ONCE,
    });
  });

  test('[M26] a page that is full is followed by another, which may be empty', () => {
    const room = new Fanout();
    room.members = users(2 * AT_ONCE);
    room.tell({ news: sent(), to: [], all: { except: [] } });
    room.settle();
    expect(room.told()).toEqual(users(2 * AT_ONCE));
    expect([room.asked.length, room.state.rounds]).toEqual([3, []]);
  });

  test('[M27] what happened later is told later, to each in order', () => {
    const room = new Fanout();
    for (let seq = 1; seq <= 5; seq++) room.tell({ news: sent(seq), to: numbered(users(60)) });
    room.settle();
    const heard = Map.groupBy(room.hints, ({ to }) => to);
    expect(heard.size).toBe(60);
    for (const hints of heard.values()) {
      const seqs = hints.map(({ news }) => news.type === 'message' && news.message.seq);
      expect(seqs).toEqual([1, 2, 3, 4, 5]);
    }
  });
});

describe('a room that cannot tell somebody', () => {
  test('[M21] an inbox that fails is told once, and the others all the same', () => {
    const room = new Fanout();
    room.tell({ news: sent(), to: numbered(users(100)) });
    room.lose().settle();
    expect(room.told()).toEqual(users(100));
    room.now += 600_000;
    expect(room.ring()).toBe(false);
    expect(room.state.outbox.queues).toEqual([]);
  });

  test('[M27] inboxes that do not answer hold nobody up for longer than their time', () => {
    const room = new Fanout();
    for (const user of users(AT_ONCE)) room.stuck.add(user);
    room.tell({ news: sent(), to: numbered(users(100)) });
    room.settle();
    expect(room.hints).toHaveLength(AT_ONCE);
    room.now += 4_500;
    room.lose().settle();
    expect(room.hints).toHaveLength(100);
  });

  test('[M27] what is too old is told nobody any more', () => {
    const room = new Fanout();
    for (const user of users(AT_ONCE)) room.stuck.add(user);
    room.tell({ news: sent(), to: numbered(users(100)) });
    room.now += USEFUL_MS;
    room.lose().settle();
    expect(room.hints).toHaveLength(AT_ONCE);
    expect(room.state.rounds).toEqual([]);
  });

  test('[M27] without an answer about the members the rest is not told, and later news are', () => {
    const room = new Fanout();
    room.members = users(100);
    room.tell({ news: sent(1), to: [], all: { except: [] } });
    room.lose();
    room.tell({ news: sent(2), to: [], all: { except: [] } });
    room.settle();
    expect(room.hints.map(({ news }) => news)).toEqual(Array(100).fill(sent(2)));
  });

  test('[M27] what waits is bounded: the oldest is given up', () => {
    const room = new Fanout();
    for (const user of users(100)) room.stuck.add(user);
    for (let seq = 1; seq <= 10 * ROUND_LIMIT; seq++)
      room.tell({ news: sent(seq), to: numbered(users(100)) });
    expect(room.state.rounds).toHaveLength(ROUND_LIMIT);
    expect(room.most).toBe(AT_ONCE);
    expect(room.state.rounds.at(-1)?.news).toEqual(sent(10 * ROUND_LIMIT));
  });
});

describe('a room that nobody enters', () => {
  test('[M27] whoever connects is put out, and nothing is ever written', () => {
    const room = new Fanout();
    room.step({ type: 'join', id: 'x', who: undefined, present: [] });
    room.tell({ news: sent(), to: numbered(users(300)) });
    room.settle();
    expect([room.closed, room.writes]).toEqual([['x unauthorized'], 0]);
    expect(fanoutRoomDefinition.decode('{}', undefined)).toBeUndefined();
  });

  test('[M27] an id that names no room is not told', () => {
    const room = new Fanout();
    room.tell({ news: sent(), to: [{ user: '../qr/x' }, { user: 'a' }] });
    expect(room.told()).toEqual(['a']);
  });
});
