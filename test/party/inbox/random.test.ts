import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeHeldCall } from '../../../party/inbox/held.ts';
import { inboxRoomDefinition } from '../../../party/inbox/room.ts';
import type { InboxState, StoredInbox } from '../../../party/inbox/state.ts';
import { EMPTY_INBOX } from '../../../party/inbox/state.ts';
import { InboxStep } from '../../../party/inbox/step.ts';
import type { ToInbox } from '../../../party/wire/messages.ts';
import {
  ActiveAnswer,
  DialAnswer,
  Done,
  LimitAnswer,
  RingAnswer,
  ToCall,
} from '../../../party/wire/messages.ts';
import { ToWorker } from '../../../party/wire/to-worker.ts';
import type { InCall } from '../../../src/contract/sockets/inbox.ts';
import { InboxServerFrame } from '../../../src/contract/sockets/inbox.ts';
import { messagesIn } from '../answering.ts';
import { messageOf } from '../chat-message.ts';
import { Inbox, profile } from './inbox.ts';

const rooms = {
  dial: DialAnswer,
  ring: RingAnswer,
  active: ActiveAnswer,
  moved: Done,
  stop: Done,
  signal: Done,
  direct: Done,
};
const answers = { ...rooms, revoked: Done, turn: LimitAnswer, invite: LimitAnswer, chat: Done };
const legacyEvents = ['call:offer', 'call:answer', 'call:ice', 'call:hangup'];

const call = fc.constantFrom('c', 'd', '__proto__', 'constructor');
const user = fc.constantFrom('alice', 'carol', '__proto__', 'bob');
const device = fc.constantFrom('phone', 'tablet', 'ws-0', 'ws-1', 'ws-2', 'ws-4567890123456789012');
const users = fc.uniqueArray(user, { minLength: 1, maxLength: 2 });
const payload = fc.oneof(
  fc.jsonValue(),
  fc.record({ userId: user, sdp: fc.record({ type: fc.string(), sdp: fc.string() }) }),
  fc.record({ candidate: fc.record({ candidate: fc.string() }) }),
);
const frame = fc.oneof(
  fc.record({
    type: fc.constantFrom('decline', 'hangup', 'hello', 'ping', 'x'),
    call,
    version: fc.constantFrom(1, 1, 2),
    since: fc.constantFrom(undefined, 0, 7),
  }),
  fc.record({ type: fc.constant('typing'), chat: fc.constantFrom('k', 'l', 'm', '__proto__') }),
  fc.record({ event: fc.constantFrom(...legacyEvents), payload }),
);
const is = <Type extends ToInbox['type']>(type: Type) => fc.constant(type);
const signals = fc.constant<Extract<ToInbox, { type: 'signal' }>['signals']>([
  { kind: 'offer', sdp: 'v=0' },
  { kind: 'candidate', candidate: null },
]);
/** Messages; times are from now on, in milliseconds. */
const message = fc.oneof(
  fc.record({
    type: is('dial'),
    call,
    device,
    to: users,
    until: fc.integer({ min: 1, max: 60_000 }),
  }),
  fc.record({
    type: is('ring'),
    call,
    from: user.map(profile),
    video: fc.boolean(),
    group: fc.boolean(),
    old: fc.boolean(),
    expiresAt: fc.integer({ min: -10_000, max: 45_000 }),
  }),
  fc.record({ type: is('active'), call, device, peers: users, until: fc.constant(90_000) }),
  fc.record({
    type: is('moved'),
    call,
    device,
    epoch: fc.integer({ min: 1, max: 3 }),
    to: users,
    until: fc.integer({ min: 1, max: 60_000 }),
  }),
  fc.record({ type: is('stop'), call, reason: fc.constantFrom('busy', 'lost') }),
  fc.record({
    type: is('signal'),
    call,
    from: user,
    video: fc.boolean(),
    seq: fc.integer({ min: 1, max: 3 }),
    signals,
  }),
  fc.record({
    type: is('direct'),
    call,
    device,
    seq: fc.integer({ min: 1, max: 3 }),
    epoch: fc.constant(1),
    video: fc.boolean(),
    to: fc.record({ user, device }),
  }),
  fc.record({ type: is('turn') }),
  fc.record({
    type: is('chat'),
    news: fc.constantFrom<Extract<ToInbox, { type: 'chat' }>['news']>(
      { type: 'typing', chat: 'k', user: 'alice' },
      { type: 'change', chat: 'k', what: 'member' },
      { type: 'message', chat: 'k', isNew: true, message: messageOf('alice') },
      { type: 'message', chat: 'k', isNew: false, message: messageOf('bob') },
    ),
    n: fc.constantFrom(1, 2),
    sid: fc.constantFrom('phone', 'session of 1'),
  }),
  fc.record({ type: is('revoked'), sids: fc.array(device, { maxLength: 1 }) }),
);

const fromNow = (said: ToInbox, now: number): ToInbox => {
  if (said.type === 'ring') return { ...said, expiresAt: now + said.expiresAt };
  return 'until' in said ? { ...said, until: now + said.until } : said;
};

const nameOf = (got: object) => ('event' in got ? got.event : 'type' in got && got.type);

/** What was written, without devices that have gone and what is of use only in memory. */
const essence = (kept: unknown, { sockets, linesAt }: InboxState): string => {
  const { lines, outbox, ...rest } = kept as StoredInbox;
  const here = lines.filter((line) => sockets.some(({ who }) => who.device === line.device));
  return JSON.stringify({
    ...rest,
    lines: linesAt === undefined ? here : here.map(({ call, device }) => [call, device]),
    items: outbox.items,
  });
};

/** An inbox to which things happen. Every socket has a name of its own. */
class Life {
  readonly bob = new Inbox();
  #sockets = 0;
  /** The call of its user that a device has heard of last, by its socket. */
  readonly #inCalls = new Map<string, InCall | undefined>();

  join(name: string, legacy: boolean): void {
    const id = `${this.#sockets++}`;
    if (legacy) this.bob.legacy(id);
    else this.bob.join(id, { device: name, sid: name });
  }

  /** One of the connected sockets. */
  pick(index: number): string {
    const { connected } = this.bob;
    return connected[index % connected.length] ?? 'nobody';
  }

  tell(said: ToInbox): void {
    const answer = this.bob.tell(fromNow(said, this.bob.now));
    expect(answers[said.type].safeParse(answer).success).toBe(true);
  }

  #hear(id: string, frame: InboxServerFrame): void {
    if (frame.type !== 'welcome' && frame.type !== 'in_call') return;
    if (frame.type === 'in_call' && this.#inCalls.has(id))
      expect(frame.inCall).not.toEqual(this.#inCalls.get(id));
    this.#inCalls.set(id, frame.inCall);
  }

  /** Checks what holds whatever has happened. */
  check(): void {
    const { bob } = this;
    const { calls, sockets } = bob.state;
    const stateOf = (id: string) => calls.find((entry) => entry.call === id)?.state;
    expect(calls.filter(({ state }) => state === 'active').length).toBeLessThanOrEqual(1);
    expect(new Set(calls.map((entry) => entry.call)).size).toBe(calls.length);
    for (const { line, who, dial } of sockets) {
      if (!who.old) expect({ line, dial }).toEqual({ line: undefined, dial: undefined });
      if (line) expect(['dialling', 'ringing', 'active']).toContain(stateOf(line.call));
    }
    expect(essence(inboxRoomDefinition.kept(bob.state), bob.state)).toBe(
      essence(bob.written ?? EMPTY_INBOX, bob.state),
    );
    for (const { id, who } of sockets) {
      for (const got of bob.got(id)) {
        if (who.old) expect([...legacyEvents, 'pong', 'new_message']).toContain(nameOf(got));
        else this.#hear(id, InboxServerFrame.parse(got));
      }
    }
    const step = new InboxStep(bob.state, bob.now);
    for (const { id, who, welcome } of sockets) {
      const isWelcomed = this.#inCalls.has(id) && !welcome;
      if (isWelcomed)
        expect(this.#inCalls.get(id)).toEqual(describeHeldCall(step, who.device).inCall);
    }
    for (const post of bob.posts.splice(0)) {
      const schema = post.to === 'worker' ? ToWorker : ToCall;
      for (const posted of messagesIn(post)) {
        expect(schema.safeParse(JSON.parse(JSON.stringify(posted))).success).toBe(true);
      }
    }
  }
}

/** Something that happens. */
const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('phone', 'tablet'), fc.boolean())
      .map(([name, old]) => ({ join: name, old })),
  },
  { weight: 1, arbitrary: fc.nat(9).map((leave) => ({ leave })) },
  { weight: 6, arbitrary: fc.tuple(fc.nat(9), frame).map(([from, said]) => ({ from, said })) },
  {
    weight: 8,
    arbitrary: fc.tuple(message, fc.boolean()).map(([told, twice]) => ({ told, twice })),
  },
  {
    weight: 3,
    arbitrary: fc
      .oneof(fc.jsonValue(), fc.record({ outcome: fc.constant('ok'), call }))
      .map((answer) => ({ answer })),
  },
  { weight: 1, arbitrary: fc.constant({ lost: true }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 60_000 }).map((wait) => ({ wait })) },
  { weight: 1, arbitrary: fc.nat(9).map((restart) => ({ restart })) },
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

const happen = (life: Life, what: Happening): void => {
  const { bob } = life;
  if ('join' in what) life.join(what.join, what.old);
  else if ('leave' in what) bob.leave(life.pick(what.leave));
  else if ('from' in what) bob.say(life.pick(what.from), what.said);
  else if ('told' in what)
    for (let times = what.twice ? 2 : 1; times > 0; times--) life.tell(what.told);
  else if ('answer' in what) bob.answerFirst(what.answer);
  else if ('lost' in what) bob.lose();
  else if ('wait' in what) bob.wait(what.wait);
  else bob.restart([life.pick(what.restart)]);
};

describe('whatever happens to an inbox', () => {
  const anything = fc.array(happening, { maxLength: 40 });

  test('[C10, C18, C57] it says only what it may, and writes all that it needs after a sleep', () => {
    fc.assert(
      fc.property(anything, (happenings) => {
        const life = new Life();
        for (const what of happenings) {
          happen(life, what);
          life.check();
        }
      }),
      { numRuns: 500 },
    );
  });

  test('[C10] in the end the user is free, and nothing wakes the inbox any more', () => {
    fc.assert(
      fc.property(anything, (happenings) => {
        const life = new Life();
        const { bob } = life;
        for (const what of happenings) happen(life, what);
        for (let i = 0; i < 3; i++) bob.answer().wait(100_000);
        expect(inboxRoomDefinition.deadline(bob.state)).toBeUndefined();
        expect(
          bob.state.sockets
            .map(({ line, dial }) => line ?? dial)
            .filter((each) => each !== undefined),
        ).toEqual([]);
        expect(bob.ring('fresh', { from: profile('dave') })).toMatchObject({ outcome: 'ok' });
      }),
      { numRuns: 200 },
    );
  });
});
