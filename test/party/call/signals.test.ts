import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../party/call/state.ts';
import type { CallRoom } from './call.ts';
import { answer, ice, offer, ringing, talking, three } from './call.ts';

/** Both have sent a description and heard the other's. */
const described = (): CallRoom => {
  const room = talking().signal('alice', 1, offer()).signal('bob', 1, answer());
  room.ack('alice', 'bob', 1).ack('bob', 'alice', 1);
  for (const name of ['alice', 'bob']) room.got(name);
  return room;
};

describe('signals', () => {
  test("[C11] signals arrive in order, with their number and the sender's epoch", () => {
    const room = talking().signal('alice', 1, offer()).signal('alice', 2, ice('a'));
    expect(room.heard('bob', 'signal')).toEqual([
      { type: 'signal', from: 'alice', epoch: 1, seq: 1, signals: [offer()] },
      { type: 'signal', from: 'alice', epoch: 1, seq: 2, signals: [ice('a')] },
    ]);
    expect(room.signals('alice')).toEqual([]);
  });

  test('[C11] signals that come twice are delivered once', () => {
    const room = described().signal('alice', 2).signal('alice', 2).signal('alice', 1, offer());
    expect(room.signals('bob')).toEqual([[2, '2']]);
  });

  test('[C11] signals that come too early wait for those before them, which are asked for', () => {
    const room = described().signal('alice', 4).signal('alice', 3);
    expect(room.signals('bob')).toEqual([]);
    expect(room.heard('alice', 'resend')).toEqual([
      { type: 'resend', seq: 2 },
      { type: 'resend', seq: 2 },
    ]);
    expect(room.signal('alice', 2).signals('bob')).toEqual([
      [2, '2'],
      [3, '3'],
      [4, '4'],
    ]);
  });

  test('[C55] what is for an epoch before counts as arrived, and comes to nobody', () => {
    const room = described().leave('alice').enter('alice');
    room.got('alice');
    room.got('bob');
    const late = { type: 'signal', seq: 2, epoch: 1, signal: answer('to the offer before') };
    room.say('bob', late).say('bob', { ...late, seq: 3, epoch: 2, signal: answer('to the new') });
    expect(room.heard('bob', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
    expect(room.heard('alice', 'signal')).toMatchObject([
      { seq: 3, signals: [answer('to the new')] },
    ]);
  });

  test("[C11] the call's own offer is number 1, and waits until the callee accepts", () => {
    const room = ringing({}, { offer: offer('with the POST') })
      .enter('alice')
      .enter('bob');
    expect(room.heard('alice', 'welcome')).toMatchObject([{ received: 1 }]);
    room.signal('alice', 2, ice('a'));
    expect(room.signals('bob')).toEqual([]);
    expect(room.say('bob', { type: 'accept' }).signals('bob')).toEqual([
      [1, 'with the POST'],
      [2, 'a'],
    ]);
  });

  test('[C13] candidates wait for the description, and stand behind it', () => {
    const room = talking().signal('alice', 1, ice('a')).signal('alice', 2, ice('b'));
    expect(room.signals('bob')).toEqual([]);
    expect(room.signal('alice', 3, offer()).signal('alice', 4, ice('c')).signals('bob')).toEqual([
      [3, 'offer a b'],
      [4, 'c'],
    ]);
    expect(room.ack('bob', 'alice', 4).heard('alice', 'acked')).toEqual([
      { type: 'acked', seq: 4 },
    ]);
  });

  test('[C12] signals wait while the recipient is away, and come when they are back', () => {
    const room = described().leave('bob').signal('alice', 2).signal('alice', 3);
    room.enter('bob', { seen: { alice: { epoch: 1, seq: 1 } }, acked: 1 });
    expect(room.signals('bob')).toEqual([
      [2, '2'],
      [3, '3'],
    ]);
  });

  test('[C18] signals neither reach nor come from those who have not joined', () => {
    const room = ringing()
      .enter('bob')
      .signal('bob', 1, offer())
      .say('bob', { type: 'ack', seen: {} });
    expect(room.errors('bob')).toEqual(['not_now', 'not_now']);
  });

  test('[C37] signals of a legacy client come without what only legacy clients read', () => {
    const room = ringing(
      {},
      { old: true, device: 'ws-alice', offer: { ...offer(), raw: { secret: 1 } } },
    );
    expect(room.accept('bob').heard('bob', 'signal')).toMatchObject([{ signals: [offer()] }]);
    expect(
      room
        .act('alice', { type: 'signal', seq: 2, signal: { ...ice('a'), raw: {} } })
        .got('bob')
        .at(-1),
    ).toEqual({
      type: 'signal',
      from: 'alice',
      epoch: 1,
      seq: 2,
      signals: [ice('a')],
    });
  });
});

describe('acknowledgements', () => {
  test('[C15] the sender hears what was seen and may forget it; the rest waits', () => {
    const room = described();
    for (const seq of [2, 3, 4]) room.signal('alice', seq);
    room.ack('bob', 'alice', 3);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 3 }]);
    room.got('bob');
    room.leave('bob').enter('bob', { seen: {}, acked: 1 });
    expect(room.signals('bob')).toEqual([[4, '4']]);
  });

  test('[C15] the hello may say what was seen', () => {
    const room = described().signal('alice', 2).leave('bob');
    room.got('bob');
    room.enter('bob', { seen: { alice: { epoch: 1, seq: 2 } }, acked: 1 });
    expect(room.signals('bob')).toEqual([]);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
  });

  test('[C15] what was seen is no more than what came, and of this time and this peer', () => {
    const room = described().signal('alice', 2);
    room.ack('bob', 'alice', 9, 2).ack('bob', 'bob', 9).ack('bob', 'constructor', 9);
    expect(room.heard('alice', 'acked')).toEqual([]);
    room.ack('bob', 'alice', 9).signal('alice', 3);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
    expect(room.signals('bob')).toEqual([
      [2, '2'],
      [3, '3'],
    ]);
  });

  test('[C15] what was seen is told again to a sender who was away', () => {
    const room = described().signal('alice', 2).leave('alice').ack('bob', 'alice', 2);
    room.enter('alice', { seen: { bob: { epoch: 1, seq: 1 } }, acked: 1 });
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
  });
});

describe('the size of a signal', () => {
  test('[C21] the size of a signal is that of its texts and all that a legacy client sent', () => {
    const candidate = {
      candidate: 'x'.repeat(100),
      sdpMid: 'ab',
      sdpMLineIndex: 0,
      usernameFragment: 'abcd',
    };
    expect(sizeOf({ kind: 'candidate', candidate })).toBe(106);
    expect(sizeOf({ kind: 'candidate', candidate: null })).toBe(0);
    expect(sizeOf(offer('x'.repeat(50)))).toBe(50);
    expect(sizeOf({ ...offer('v=0'), raw: { more: 'x'.repeat(1_000) } })).toBeGreaterThan(1_000);
  });
});

describe('signals that wait', () => {
  test('[C15] at most 64 signals wait for those before them', () => {
    const room = described();
    for (let seq = 3; seq <= 70; seq++) room.signal('alice', seq);
    room.signal('alice', 2);
    expect(room.signals('bob').at(-1)).toEqual([66, '66']);
    room.got('alice');
    expect(room.signal('alice', 68).heard('alice', 'resend')).toEqual([
      { type: 'resend', seq: 67 },
    ]);
  });

  test('[C15] a signal that waits for others is kept once, however often it comes', () => {
    const room = described();
    for (let n = 0; n < 64; n++) room.signal('alice', 4);
    room.signal('alice', 3).signal('alice', 2);
    expect(room.signals('bob').map(([seq]) => seq)).toEqual([2, 3, 4]);
  });

  test('[C15] signals wait for others up to 256 K characters; the rest is asked for again', () => {
    const room = described();
    const long = offer('x'.repeat(60_000));
    for (let seq = 12; seq > 2; seq--) room.signal('alice', seq, long);
    room.signal('alice', 2).got('alice');
    expect(room.signals('bob').map(([seq]) => seq)).toEqual([2]);
    for (let seq = 3; seq <= 7; seq++) room.signal('alice', seq, long);
    expect(room.signals('bob').map(([seq]) => seq)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('[C11] a signal that comes twice is acknowledged only when something has arrived', () => {
    const room = talking();
    room.signal('alice', 1, offer()).got('alice');
    room.signal('alice', 1);
    expect(room.got('alice')).toEqual([]);
    room.ack('bob', 'alice', 1).signal('alice', 1);
    expect(room.heard('alice', 'acked')).toEqual([
      { type: 'acked', seq: 1 },
      { type: 'acked', seq: 1 },
    ]);
  });

  test('[C15] at most 512 signals wait for a peer; one more is refused and can be resent', () => {
    const room = described();
    for (let seq = 2; seq <= 513; seq++) room.signal('alice', seq);
    room.got('alice');
    room.signal('alice', 514);
    expect(room.got('alice')).toMatchObject([{ type: 'resend', seq: 514 }, { code: 'too_much' }]);
    room.ack('bob', 'alice', 513).signal('alice', 514);
    expect(room.signals('bob').at(-1)).toEqual([514, '514']);
  });

  test('[C15] at most a million characters and one signal wait for a peer', () => {
    const room = described();
    const long = 'x'.repeat(60_000);
    for (let seq = 2; seq <= 30; seq++) room.signal('alice', seq, offer(long));
    expect(room.errors('alice')).not.toEqual([]);
    expect(room.signals('bob')).toHaveLength(18);
  });

  test('[C15] signals that wait are not written', () => {
    const room = talking().signal('alice', 1, offer('private'));
    room.wait(30_000).leave('bob').enter('bob');
    expect(JSON.stringify(room.written)).not.toContain('private');
  });
});

describe('signals in a group', () => {
  test('[C8] signals go to the one who is named, and their numbers run over all peers', () => {
    const room = three()
      .signal('alice', 1, offer('for bob'), 'bob')
      .signal('alice', 2, offer('for cyd'), 'cyd');
    expect(room.signals('bob')).toEqual([[1, 'for bob']]);
    expect(room.signals('cyd')).toEqual([[2, 'for cyd']]);
    room.ack('cyd', 'alice', 2);
    expect(room.heard('alice', 'acked')).toEqual([]);
    room.ack('bob', 'alice', 1);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
  });

  test('[C8] signals to nobody, oneself or a stranger are refused without a number', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('bob');
    for (const to of [undefined, 'alice', 'mallory', 'cyd']) room.signal('alice', 1, offer(), to);
    expect(room.errors('alice')).toEqual(Array.from({ length: 4 }, () => 'no_such_peer'));
    expect(room.signal('alice', 1, offer(), 'bob').signals('bob')).toEqual([[1, 'offer']]);
  });

  test('[C8] signals for one who has left count as arrived, also those that waited', () => {
    const room = three().signal('alice', 1, offer(), 'cyd').say('cyd', { type: 'hangup' });
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 1 }]);
    room.signal('alice', 2, offer(), 'cyd').signal('alice', 3, offer(), 'bob');
    expect(room.signals('bob')).toEqual([[3, 'offer']]);
    expect(room.ack('bob', 'alice', 3).heard('alice', 'acked').at(-1)).toEqual({
      type: 'acked',
      seq: 3,
    });
  });

  test('[C8] signals of one who has left do not reach those who come later', () => {
    const room = three()
      .leave('bob')
      .signal('cyd', 1, offer(), 'bob')
      .say('cyd', { type: 'hangup' })
      .enter('bob');
    expect(room.signals('bob')).toEqual([]);
  });
});
