import { describe, expect, test } from 'vitest';
import { inboxDeadline, stepInbox } from '../../client/src/inbox/machine.ts';
import type { InboxEffect, InboxEvent, TabMessage } from '../../client/src/inbox/state.ts';
import { createInbox, showInboxLink } from '../../client/src/inbox/step.ts';

const FROM = { user: 'anna', username: 'anna', displayName: 'Anna' };
const ring = (call: string, ringsForMs = 45_000) =>
  ({ call, from: FROM, video: false, group: false, expiresAt: 0, ringsForMs }) as const;

/** An inbox that is played with. */
const play = ({ isAlone = false, self = 'me' } = {}) => {
  let state = createInbox(self, { isAlone, seed: 1 });
  const all: InboxEffect[] = [];
  const tell = (event: InboxEvent, now: number) => {
    const next = stepInbox(state, event, now);
    state = next.state;
    all.push(...next.effects);
    return next.effects;
  };
  const hear = (message: TabMessage, now: number) => tell({ type: 'message', message }, now);
  const frame = (given: Extract<InboxEvent, { type: 'frame' }>['frame'], now: number) =>
    tell({ type: 'frame', attempt: state.link.attempt, frame: given }, now);
  /** Leads, connects and is welcomed. */
  const connect = (now: number) => {
    tell({ type: 'signIn' }, now);
    tell({ type: 'lead' }, now);
    reconnect(now);
  };
  const reconnect = (now: number) => {
    const { attempt } = state.link;
    tell({ type: 'ticket', attempt, url: 'wss://inbox' }, now);
    tell({ type: 'opened', attempt }, now);
    tell({ type: 'heard', attempt }, now);
    return frame({ type: 'welcome', version: 1, rings: [] }, now);
  };
  return {
    tell,
    hear,
    frame,
    connect,
    reconnect,
    all,
    get state() {
      return state;
    },
    told: () => all.flatMap((effect) => (effect.type === 'tell' ? [effect] : [])),
    said: () => all.flatMap((effect) => (effect.type === 'say' ? [effect.frame] : [])),
  };
};

const stateFrom = (from: string, ledAt: number): TabMessage => ({
  type: 'state',
  from,
  ledAt,
  link: { state: 'online' },
  isKnown: true,
  book: { rings: [], settled: [] },
});

describe('the inbox of a tab', () => {
  test('A ring stops by itself when its time is over, and is missed', () => {
    const inbox = play({ isAlone: true });
    inbox.connect(0);
    inbox.frame({ type: 'ring', ...ring('1', 4_000) }, 1_000);
    expect(inboxDeadline(inbox.state)).toBe(5_000);
    inbox.tell({ type: 'time' }, 5_000);
    expect(inbox.state.book.rings).toEqual([]);
    expect(inbox.told().map(({ name }) => name)).toEqual(['welcome', 'stopped', 'missed']);
  });

  test('A ring of which the room does not say how long it rings stops after 45 seconds', () => {
    const inbox = play({ isAlone: true });
    inbox.connect(0);
    const { ringsForMs: _, ...frame } = ring('1');
    inbox.frame({ type: 'ring', ...frame } as never, 1_000);
    expect(inbox.state.book.rings.map(({ until }) => until)).toEqual([46_000]);
  });

  test('What a welcome does not name rings no longer, and what it names keeps its place', () => {
    const inbox = play({ isAlone: true });
    inbox.connect(0);
    for (const call of ['1', '2', '3']) inbox.frame({ type: 'ring', ...ring(call) }, 0);
    const inCall = { call: '2', role: 'callee', state: 'accepted', here: false } as const;
    inbox.frame({ type: 'welcome', version: 1, rings: [ring('4'), ring('3')], inCall }, 100);
    expect(inbox.state.book.rings.map(({ call }) => call)).toEqual(['3', '4']);
    const stops = inbox.told().filter(({ name }) => name === 'stopped');
    expect(stops).toMatchObject([
      { event: { ring: { call: '1' }, reason: 'cancelled' } },
      { event: { ring: { call: '2' }, reason: 'answered_elsewhere' } },
    ]);
  });

  test('A call that this browser has refused does not ring again, whatever comes late', () => {
    const inbox = play({ isAlone: true });
    inbox.connect(0);
    inbox.frame({ type: 'ring', ...ring('1') }, 0);
    inbox.tell({ type: 'command', id: 'a', frame: { type: 'decline', call: '1' } }, 10);
    inbox.frame({ type: 'ring', ...ring('1') }, 20);
    inbox.frame({ type: 'welcome', version: 1, rings: [ring('1')] }, 30);
    expect(inbox.state.book.rings).toEqual([]);
    expect(inbox.said()).toContainEqual({ type: 'decline', call: '1' });
  });

  test('The call of this user is known in all tabs as the room says it, and is so until it says more', () => {
    const [leader, other] = [play(), play({ self: 'other' })];
    leader.connect(0);
    other.tell({ type: 'signIn' }, 0);
    const inCall = { call: '1', role: 'caller', state: 'ringing', here: false } as const;
    const say = (frame: Parameters<typeof leader.frame>[0]) => {
      for (const effect of leader.frame(frame, 10))
        if (effect.type === 'post') other.hear(effect.message, 10);
      return [leader, other].map(({ state }) => state.book.inCall);
    };
    expect(say({ type: 'in_call', inCall })).toEqual([inCall, inCall]);
    leader.tell({ type: 'command', id: 'a', frame: { type: 'hangup', call: '1' } }, 20);
    expect(say({ type: 'stop', call: '2', reason: 'missed' })).toEqual([inCall, inCall]);
    const accepted = { ...inCall, state: 'accepted' } as const;
    expect(say({ type: 'in_call', inCall: accepted })).toEqual([accepted, accepted]);
    expect(say({ type: 'in_call' })).toEqual([undefined, undefined]);
    expect(leader.told().map(({ name }) => name)).toEqual(['welcome']);
  });

  test('Typing is said once in three seconds for each chat', () => {
    const inbox = play({ isAlone: true });
    inbox.connect(0);
    for (const at of [1_000, 2_000, 3_999, 4_000]) inbox.tell({ type: 'typing', chat: 'x' }, at);
    inbox.tell({ type: 'typing', chat: 'y' }, 4_001);
    const said = inbox.said().filter(({ type }) => type === 'typing');
    expect(said).toEqual([
      { type: 'typing', chat: 'x' },
      { type: 'typing', chat: 'x' },
      { type: 'typing', chat: 'y' },
    ]);
  });

  test('A leader that is replaced comes back once, and lets the other one be the second time', () => {
    const inbox = play();
    inbox.connect(0);
    const closed = { type: 'closed', code: 4008 } as const;
    inbox.tell({ ...closed, attempt: inbox.state.link.attempt }, 100);
    expect(inboxDeadline(inbox.state)).toBe(1_100);
    expect(inbox.tell({ type: 'time' }, 1_100)).toContainEqual({ type: 'ask', attempt: 2 });
    inbox.reconnect(1_200);
    inbox.tell({ ...closed, attempt: 2 }, 1_300);
    expect(showInboxLink(inbox.state)).toEqual({ state: 'off', why: 'replaced' });
    expect(inboxDeadline(inbox.state)).toBeUndefined();
    expect(inbox.tell({ type: 'wake' }, 9_000)).toContainEqual({ type: 'ask', attempt: 3 });
  });

  test('A tab that is seen takes the lead from one that does not answer, a hidden one does not', () => {
    const [seen, hidden] = [play(), play()];
    hidden.tell({ type: 'hide' }, 0);
    for (const inbox of [seen, hidden]) inbox.tell({ type: 'signIn' }, 0);
    expect(inboxDeadline(hidden.state)).toBeUndefined();
    expect(seen.tell({ type: 'time' }, 3_000)).toEqual([{ type: 'steal' }]);
    seen.hear(stateFrom('other', 1), 4_000);
    expect(inboxDeadline(seen.state)).toBe(14_000);
    expect(seen.tell({ type: 'time' }, 14_000)).toEqual([
      { type: 'post', message: { type: 'ask', from: 'me' } },
    ]);
    seen.hear(stateFrom('other', 1), 14_100);
    expect(seen.tell({ type: 'time' }, 17_000)).toEqual([]);
  });

  test('Of two leaders the later one stays', () => {
    const inbox = play();
    inbox.connect(100);
    expect(inbox.hear(stateFrom('older', 50), 200)).toMatchObject([
      { type: 'post', message: { type: 'state', ledAt: 100 } },
    ]);
    const effects = inbox.hear(stateFrom('later', 300), 400);
    expect(effects.map(({ type }) => type)).toEqual(['yield', 'close', 'compete', 'post']);
    expect(showInboxLink(inbox.state)).toEqual({ state: 'online' });
  });

  test('An action of a tab is handed to the next leader, sent once, and given up in time', () => {
    const tab = play();
    tab.tell({ type: 'signIn' }, 0);
    tab.hear(stateFrom('first', 1), 10);
    const command = { id: 'a', from: 'me', until: 10_100 };
    const frame = { type: 'hangup', call: '1' } as const;
    tab.tell({ type: 'command', id: 'a', frame }, 100);
    const posted = { type: 'post', message: { type: 'command', command: { ...command, frame } } };
    expect(tab.hear(stateFrom('second', 2), 200)).toEqual([posted]);
    tab.hear({ type: 'done', id: 'a', to: 'me' }, 300);
    tab.hear({ type: 'done', id: 'a', to: 'me' }, 301);
    tab.tell({ type: 'command', id: 'b', frame }, 400);
    tab.tell({ type: 'time' }, 10_400);
    expect(tab.all.filter(({ type }) => type === 'settle')).toEqual([
      { type: 'settle', id: 'a', isDone: true },
      { type: 'settle', id: 'b', isDone: false },
    ]);
  });

  test('A page that the browser stops gives the lead up, and joins again when it goes on', () => {
    const inbox = play();
    inbox.connect(0);
    const stopped = inbox.tell({ type: 'sleep' }, 100);
    expect(stopped.map(({ type }) => type)).toEqual(['yield', 'close']);
    expect(inbox.tell({ type: 'lead' }, 200)).toEqual([]);
    const woken = inbox.tell({ type: 'wake' }, 300);
    expect(woken.map(({ type }) => type)).toEqual(['compete', 'post']);
  });
});
