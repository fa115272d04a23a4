import { describe, expect, test } from 'vitest';
import type { CallRoom } from './call.ts';
import { answer, ice, offer, ringing, talking } from './call.ts';

/** Connects a device of a callee, which wants what waits; `resume` is what it has seen. */
const early = (room: CallRoom, name: string, resume?: object): CallRoom =>
  room.join(name).say(name, { type: 'hello', version: 1, early: true, ...(resume && { resume }) });

const seen = (seq: number, epoch = 1) => ({ alice: { epoch, seq } });

/** A call with an offer and a candidate, of which Bob's first device hears early. */
const prepared = () =>
  early(ringing({}, { offer: offer() }).enter('alice').signal('alice', 2), 'bob');

const said = [
  [1, 'offer'],
  [2, '2'],
];

describe('an early device', () => {
  test('[C48] it is sent what waits after its welcome, and what comes, with their numbers', () => {
    const room = prepared();
    const [welcome, ...signals] = room.got('bob');
    expect(welcome).toMatchObject({ type: 'welcome', joined: false, state: 'ringing' });
    expect(signals).toEqual([
      { type: 'signal', from: 'alice', epoch: 1, seq: 1, signals: [offer()] },
      { type: 'signal', from: 'alice', epoch: 1, seq: 2, signals: [ice('2')] },
    ]);
    room.signal('alice', 4).signal('alice', 3);
    expect(room.signals('bob')).toEqual([
      [3, '3'],
      [4, '4'],
    ]);
  });

  test('[C48] each of eight devices is sent the same, and those that did not ask nothing', () => {
    const room = ringing({}, { offer: offer() }).enter('alice').enter('bob');
    const names = [2, 3, 4, 5, 6, 7, 8].map((n) => `bob${n}`);
    for (const name of names) early(room, name);
    room.signal('alice', 2);
    for (const name of names) expect(room.signals(name)).toEqual(said);
    expect(room.signals('bob')).toEqual([]);
  });

  test('[C13, C48] candidates before their offer wait for it', () => {
    const room = early(ringing().enter('alice').signal('alice', 1), 'bob');
    expect(room.signals('bob')).toEqual([]);
    room.signal('alice', 2, offer()).signal('alice', 3);
    expect(room.signals('bob')).toEqual([
      [2, 'offer 1'],
      [3, '3'],
    ]);
  });

  test('[C48] it is sent the signals of a legacy caller, without what legacy clients say', () => {
    const raw = { sdp: 'v=0', isVideo: true };
    const room = ringing({}, { old: true, device: 'ws-alice', offer: { ...offer(), raw } });
    early(room, 'bob');
    room.act('alice', { type: 'signal', seq: 2, signal: { ...ice('2'), raw } });
    expect(room.heard('bob', 'signal').map(({ signals }) => signals)).toEqual([
      [offer()],
      [ice('2')],
    ]);
  });

  test('[C48] legacy devices that ring get theirs as well, and it gets none twice', () => {
    const room = prepared();
    expect(room.signals('bob')).toEqual(said);
    room.act('bob', { type: 'listen' }).signal('alice', 3);
    expect(room.signals('bob')).toEqual([[3, '3']]);
    expect(room.messages('signal').flatMap(({ signals }) => signals)).toHaveLength(3);
  });

  test('[C48] nothing comes early of a group call', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('cyd');
    early(room, 'bob');
    room.signal('alice', 1, offer(), 'bob').signal('cyd', 1, offer(), 'bob');
    expect(room.errors('alice')).toEqual(['no_such_peer']);
    expect(room.errors('cyd')).toEqual(['no_such_peer']);
    expect(room.signals('bob')).toEqual([]);
    room.say('bob', { type: 'accept' }).signal('alice', 1, offer('now'), 'bob');
    expect(room.signals('bob')).toEqual([[1, 'now']]);
  });

  test('[C48] nothing comes to who has blocked the caller', () => {
    const room = ringing({}, { offer: offer(), unheard: ['bob'] }).enter('alice');
    early(room, 'bob').signal('alice', 2);
    expect(room.signals('bob')).toEqual([]);
    room.ack('bob', 'alice', 1);
    expect(room.errors('bob')).toEqual(['not_now']);
  });

  test('[C48] it says nothing before it accepts', () => {
    const room = prepared().signal('bob', 1, answer());
    expect(room.errors('bob')).toEqual(['not_now']);
    room.got('alice');
    room.say('bob', { type: 'accept' }).signal('bob', 1, answer());
    expect(room.signals('alice')).toEqual([[1, 'answer']]);
  });

  test('[C48] it declines for all devices, and hears the end of the call', () => {
    const room = early(prepared(), 'bob2').say('bob2', { type: 'decline' });
    expect(room.is).toBe('ended declined');
    for (const name of ['bob', 'bob2'])
      expect(room.heard(name, 'state')).toEqual([
        { type: 'state', state: 'ended', reason: 'declined' },
      ]);
    expect(room.closed).toEqual(['bob done', 'bob2 done', 'alice done'].toSorted());
  });

  test('[C48] one that is in the call is not early', () => {
    const room = talking();
    for (const name of ['alice', 'bob']) early(room.leave(name), name);
    room.got('bob');
    room.signal('alice', 1, offer());
    expect(room.signals('bob')).toEqual([[1, 'offer']]);
    room.ack('bob', 'alice', 1, 2);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 1 }]);
  });
});

describe('what an early device has seen', () => {
  test('[C49] the caller hears of no ack before somebody accepts', () => {
    const room = prepared();
    room.got('alice');
    room.ack('bob', 'alice', 2);
    expect(room.errors('bob')).toEqual([]);
    expect(room.got('alice')).toEqual([]);
    room.say('bob', { type: 'accept' });
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
  });

  test('[C49] the device that accepts is sent what it has not acknowledged', () => {
    const room = prepared().ack('bob', 'alice', 1);
    room.got('bob');
    room.say('bob', { type: 'accept' });
    expect(room.signals('bob')).toEqual([[2, '2']]);
  });

  test('[C49] without an ack it is sent everything once more', () => {
    const room = prepared();
    room.got('bob');
    expect(room.say('bob', { type: 'accept' }).signals('bob')).toEqual(said);
  });

  test('[C2, C49] a device that accepts beside it is sent everything, whatever it has said', () => {
    const room = prepared().ack('bob', 'alice', 2);
    room.got('bob');
    room.accept('bob2');
    expect(room.signals('bob2')).toEqual(said);
    expect(room.got('bob')).toEqual([{ type: 'answered_elsewhere' }]);
    expect(room.closed).toEqual(['bob notInCall']);
    room.got('alice');
    room.ack('bob2', 'alice', 2);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
  });

  test('[C49] an ack of more than there is, of other epochs and people counts for nothing', () => {
    const room = prepared();
    for (const seen of [
      { alice: { epoch: 2, seq: 2 } },
      { bob: { epoch: 1, seq: 2 }, mallory: { epoch: 1, seq: 2 } },
      JSON.parse('{"__proto__": {"epoch": 1, "seq": 2}}'),
      { constructor: { epoch: 1, seq: 2 } },
    ])
      room.say('bob', { type: 'ack', seen });
    room.got('bob');
    expect(room.say('bob', { type: 'accept' }).signals('bob')).toEqual(said);
    const bold = prepared().ack('bob', 'alice', 1_000).say('bob', { type: 'accept' });
    expect(bold.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
    bold.got('bob');
    expect(bold.signal('alice', 3).signals('bob')).toEqual([[3, '3']]);
  });

  test('[C49] an ack that is older takes nothing back', () => {
    const room = prepared().ack('bob', 'alice', 2).ack('bob', 'alice', 1);
    room.got('bob');
    expect(room.say('bob', { type: 'accept' }).signals('bob')).toEqual([]);
  });

  test('[C49] a device that comes back says what it has, and is sent the rest', () => {
    const room = prepared().leave('bob').signal('alice', 3);
    room.got('bob');
    early(room, 'bob', { acked: 0, seen: seen(2) });
    expect(room.signals('bob')).toEqual([[3, '3']]);
    room.say('bob', { type: 'accept' });
    expect(room.signals('bob')).toEqual([[3, '3']]);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
  });

  test('[C12, C49] when the answer to its accept is lost, it comes back into the call', () => {
    const room = prepared().ack('bob', 'alice', 1).say('bob', { type: 'accept' }).leave('bob');
    room.got('bob');
    early(room, 'bob', { acked: 0, seen: seen(1) });
    expect(room.heard('bob', 'welcome')).toMatchObject([{ joined: true }]);
    expect(room.signals('bob')).toEqual([[2, '2']]);
    expect(room.state.call?.members[1]).toMatchObject({ state: 'joined', epoch: 1 });
  });

  test('[C49] an ack of a device that did not say early is refused', () => {
    const room = ringing({}, { offer: offer() }).enter('alice').enter('bob').ack('bob', 'alice', 1);
    expect(room.errors('bob')).toEqual(['not_now']);
  });
});

describe('a caller who begins anew while it rings', () => {
  test('[C50] early devices hear of the new epoch, and get its signals', () => {
    const room = prepared().ack('bob', 'alice', 2);
    room.got('bob');
    room.leave('alice').enter('alice').signal('alice', 1, offer('anew'));
    const frames = room.got('bob');
    const epochs = frames.flatMap((one) => (one.type === 'peer' ? [one.peer.epoch] : []));
    expect(epochs.at(-1)).toBe(2);
    expect(frames.at(-1)).toMatchObject({ type: 'signal', epoch: 2, seq: 1 });
    room.say('bob', { type: 'accept' });
    expect(room.signals('bob')).toEqual([[1, 'anew']]);
  });

  test('[C34, C50] so they do when another device of the caller takes the call over', () => {
    const room = prepared();
    room.got('bob');
    room.permit('alice', { device: 'alice2', takeOver: true });
    room.enter('alice2').signal('alice2', 1, offer('second'));
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({ peer: { epoch: 2 } });
    expect(room.signals('bob')).toEqual([[1, 'second']]);
  });

  test('[C50] after a restart of the room they get what they lack when the caller is back', () => {
    const room = prepared().restart();
    early(room, 'bob', { acked: 0, seen: seen(1) });
    expect(room.signals('bob')).toEqual([]);
    room.enter('alice', { acked: 0, seen: {} });
    for (const [seq, signal] of [offer(), ice('2'), ice('3')].entries())
      room.signal('alice', seq + 1, signal);
    expect(room.signals('bob')).toEqual([
      [2, '2'],
      [3, '3'],
    ]);
    room.say('bob', { type: 'accept' });
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 1 }]);
  });

  test('[C11, C50] one that accepts in a restarted room gets what it lacks, once', () => {
    const room = prepared().restart();
    early(room, 'bob', { acked: 0, seen: seen(1) }).say('bob', { type: 'accept' });
    room.enter('alice', { acked: 0, seen: {} });
    for (const [seq, signal] of [offer(), ice('2')].entries())
      room.signal('alice', seq + 1, signal);
    expect(room.signals('bob')).toEqual([[2, '2']]);
    room.ack('bob', 'alice', 2);
    expect(room.heard('alice', 'acked').at(-1)).toEqual({ type: 'acked', seq: 2 });
  });
});
