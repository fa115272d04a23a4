import { describe, expect, test } from 'vitest';
import { createLink, linkDeadline, showLink, stepLink } from '../../client/src/link/machine.ts';
import type { Link, LinkEffect, LinkEvent } from '../../client/src/link/types.ts';
import { CALL_LINK, INBOX_LINK } from '../../client/src/link/types.ts';

/** A link that is played with: events go in, and all effects are kept. */
const play = (rules = CALL_LINK) => {
  let state: Link = createLink(rules, 7);
  const all: LinkEffect[] = [];
  const tell = (event: LinkEvent, now: number): readonly LinkEffect[] => {
    const next = stepLink(state, event, now);
    state = next.state;
    all.push(...next.effects);
    return next.effects;
  };
  /** Connects, and hears something. */
  const connect = (now: number) => {
    tell({ type: 'start' }, now);
    const { attempt } = state;
    tell({ type: 'ticket', attempt, url: 'wss://room' }, now);
    tell({ type: 'opened', attempt }, now);
    tell({ type: 'heard', attempt }, now);
  };
  return {
    tell,
    connect,
    all,
    get attempt() {
      return state.attempt;
    },
    get shown() {
      return showLink(state);
    },
    get deadline() {
      return linkDeadline(state);
    },
  };
};

describe('a link', () => {
  test('It asks for a ticket, opens a socket with it, and is online once the room has answered', () => {
    const link = play();
    expect(link.shown).toEqual({ state: 'off' });
    expect(link.tell({ type: 'start' }, 0)).toEqual([{ type: 'ask', attempt: 1 }]);
    expect(link.shown).toEqual({ state: 'connecting' });
    expect(link.tell({ type: 'ticket', attempt: 1, url: 'wss://room' }, 10)).toEqual([
      { type: 'open', attempt: 1, url: 'wss://room' },
    ]);
    link.tell({ type: 'opened', attempt: 1 }, 20);
    expect(link.shown).toEqual({ state: 'connecting' });
    link.tell({ type: 'heard', attempt: 1 }, 30);
    expect(link.shown).toEqual({ state: 'online' });
  });

  test('It pings, and connects again when nothing came for long enough', () => {
    const link = play();
    link.connect(0);
    expect(link.deadline).toBe(5_000);
    expect(link.tell({ type: 'time' }, 5_000)).toEqual([
      { type: 'send', attempt: 1, text: 'ping' },
    ]);
    link.tell({ type: 'time' }, 10_000);
    link.tell({ type: 'time' }, 15_000);
    expect(link.tell({ type: 'time' }, 20_000)).toEqual([
      { type: 'close', attempt: 1, code: 4_000 },
      { type: 'ask', attempt: 2 },
    ]);
    expect(link.shown).toEqual({
      state: 'retrying',
      since: 20_000,
      nextAt: 20_000,
      cause: 'no_answer',
    });
  });

  test('Whatever comes is an answer to its pings', () => {
    const link = play(INBOX_LINK);
    link.connect(0);
    link.tell({ type: 'time' }, 30_000);
    link.tell({ type: 'heard', attempt: 1 }, 44_000);
    expect(link.deadline).toBe(60_000);
  });

  test('A socket from before a change of network has three seconds to answer', () => {
    const link = play();
    link.connect(0);
    expect(link.tell({ type: 'wake' }, 1_000)).toEqual([
      { type: 'send', attempt: 1, text: 'ping' },
    ]);
    expect(link.tell({ type: 'wake' }, 2_000)).toEqual([]);
    expect(link.deadline).toBe(4_000);
    expect(link.tell({ type: 'time' }, 4_000)).toMatchObject([{ type: 'close' }, { type: 'ask' }]);
  });

  test('A timer that comes much too late asks the room first: the page slept', () => {
    const link = play();
    link.connect(0);
    link.tell({ type: 'time' }, 5_000);
    expect(link.tell({ type: 'time' }, 3_600_000)).toMatchObject([{ type: 'send' }]);
    link.tell({ type: 'heard', attempt: 1 }, 3_600_100);
    expect(link.shown).toEqual({ state: 'online' });
  });

  test.each([
    [1000, 'over'],
    [4003, 'over'],
    [4004, 'over'],
    [4008, 'replaced'],
    [4400, 'over'],
  ])('After %i it does not come back: %s', (code, why) => {
    const link = play();
    link.connect(0);
    expect(link.tell({ type: 'closed', attempt: 1, code }, 1)).toEqual([]);
    expect(link.shown).toEqual({ state: 'off', why });
    expect(link.deadline).toBeUndefined();
  });

  test('After 4001 it asks for a ticket once, and 401 is the end', () => {
    const link = play();
    link.connect(0);
    expect(link.tell({ type: 'closed', attempt: 1, code: 4001 }, 1)).toEqual([
      { type: 'ask', attempt: 2 },
    ]);
    link.tell({ type: 'refused', attempt: 2, code: 'invalid_token', status: 401 }, 2);
    expect(link.shown).toEqual({ state: 'off', why: 'signed_out' });
  });

  test('A room that closes with 4001 again and again is not asked at once again and again', () => {
    const link = play();
    link.connect(0);
    link.tell({ type: 'closed', attempt: 1, code: 4001 }, 1);
    link.tell({ type: 'ticket', attempt: 2, url: 'wss://room' }, 2);
    link.tell({ type: 'opened', attempt: 2 }, 3);
    expect(link.tell({ type: 'closed', attempt: 2, code: 4001 }, 4)).toEqual([]);
    expect(link.shown).toMatchObject({ state: 'retrying', cause: 'closed' });
  });

  test('A server that says when to ask again is not asked before, whatever wakes', () => {
    const link = play();
    link.tell({ type: 'start' }, 0);
    const refused = { code: 'too_many_requests', status: 429, retryAt: 60_000 };
    link.tell({ type: 'refused', attempt: 1, ...refused }, 10);
    expect(link.shown).toEqual({ state: 'retrying', since: 10, nextAt: 60_000, cause: 'refused' });
    expect(link.tell({ type: 'wake' }, 1_000)).toEqual([]);
    expect(link.tell({ type: 'time' }, 60_000)).toEqual([{ type: 'ask', attempt: 2 }]);
  });

  test('A call that is over ends its link, but nothing ends the one of an inbox', () => {
    const refused = { type: 'refused', attempt: 1, code: 'call_not_found', status: 404 } as const;
    const call = play(CALL_LINK);
    call.tell({ type: 'start' }, 0);
    call.tell(refused, 1);
    expect(call.shown).toEqual({ state: 'off', why: 'over' });
    const inbox = play(INBOX_LINK);
    inbox.tell({ type: 'start' }, 0);
    inbox.tell(refused, 1);
    expect(inbox.shown).toMatchObject({ state: 'retrying', cause: 'refused' });
  });

  test('Without a network it says so, and the network brings the next attempt at once', () => {
    const link = play();
    link.connect(0);
    link.tell({ type: 'offline' }, 6_000);
    link.tell({ type: 'closed', attempt: 1, code: 1006 }, 7_000);
    expect(link.shown).toMatchObject({ state: 'retrying', since: 7_000, cause: 'offline' });
    expect(link.tell({ type: 'wake' }, 7_200)).toEqual([{ type: 'ask', attempt: 2 }]);
  });
});
