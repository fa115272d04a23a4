import { describe, expect, test } from 'vitest';
import type { CallRoom } from './call.ts';
import { answer, offer, ringing, talking } from './call.ts';

/** Both have sent a description and heard the other's. */
const described = (): CallRoom => {
  const room = talking().signal('alice', 1, offer()).signal('bob', 1, answer());
  room.ack('alice', 'bob', 1).ack('bob', 'alice', 1);
  for (const name of ['alice', 'bob']) room.got(name);
  return room;
};

describe('signals after a restart', () => {
  test('[C11] the hellos bring the memory back: nothing is lost, reordered or renumbered', () => {
    const room = described().signal('alice', 2).signal('alice', 3).ack('bob', 'alice', 2);
    room.restart();
    room.enter('alice', { seen: { bob: { epoch: 1, seq: 1 } }, acked: 2 });
    expect(room.heard('alice', 'welcome')).toMatchObject([{ received: 2 }]);
    room.enter('bob', { seen: { alice: { epoch: 1, seq: 3 } }, acked: 1 });
    room.signal('alice', 3).signal('alice', 4);
    expect(room.signals('bob')).toEqual([
      [3, '3'],
      [4, '4'],
    ]);
    expect(room.ack('bob', 'alice', 4).heard('alice', 'acked')).toEqual([
      { type: 'acked', seq: 4 },
    ]);
  });

  test('[C11] it does not matter who comes back first', () => {
    const room = described().signal('alice', 2).signal('alice', 3).restart();
    room.enter('bob', { seen: { alice: { epoch: 1, seq: 2 } }, acked: 1 });
    room.enter('alice', { seen: { bob: { epoch: 1, seq: 1 } }, acked: 1 });
    room.signal('alice', 2).signal('alice', 3);
    expect(room.signals('bob')).toEqual([[3, '3']]);
  });

  test('[C11] a client that comes back with its memory stays in its epoch', () => {
    const room = described().restart().enter('alice', { seen: {}, acked: 1 });
    room.enter('bob', { seen: { alice: { epoch: 1, seq: 1 } }, acked: 1 });
    expect(room.heard('bob', 'welcome')).toMatchObject([{ peers: [{ user: 'alice', epoch: 1 }] }]);
  });
});

describe('a caller whose room lost the offer before the first hello', () => {
  test('[C11] a caller who knows how to resume says the offer again', () => {
    const room = ringing({}, { offer: offer('lost') })
      .restart()
      .enter('alice', { seen: {}, acked: 0 });
    expect(room.heard('alice', 'welcome')).toMatchObject([{ received: 0 }]);
    room.signal('alice', 1, offer('once more')).accept('bob');
    expect(room.heard('bob', 'signal')).toMatchObject([
      { epoch: 1, seq: 1, signals: [offer('once more')] },
    ]);
  });

  test('[C11] a caller who cannot resume begins anew', () => {
    const room = ringing({}, { offer: offer('lost') })
      .restart()
      .enter('alice');
    expect(room.heard('alice', 'welcome')).toMatchObject([{ received: 0 }]);
    room.signal('alice', 1, offer('new')).accept('bob');
    expect(room.heard('bob', 'signal')).toMatchObject([
      { epoch: 2, seq: 1, signals: [offer('new')] },
    ]);
  });
});

describe('a client that comes back without its memory', () => {
  test('[C11] the epoch goes up, and what the client said before is forgotten', () => {
    const room = described().signal('alice', 2).leave('alice').leave('bob').enter('alice');
    expect(room.heard('alice', 'welcome')).toMatchObject([{ received: 0 }]);
    room.got('bob');
    room.enter('bob', { seen: { alice: { epoch: 1, seq: 1 } }, acked: 1 });
    expect(room.signals('bob')).toEqual([]);
    room.signal('alice', 1, offer('anew'));
    expect(room.heard('bob', 'signal')).toMatchObject([
      { epoch: 2, seq: 1, signals: [offer('anew')] },
    ]);
  });

  test('[C11] the client gets nothing that was for its former life, and no sender waits', () => {
    const room = described().leave('bob').signal('alice', 2).enter('bob');
    expect(room.signals('bob')).toEqual([]);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
    expect(room.heard('alice', 'peer').at(-1)).toMatchObject({
      peer: { user: 'bob', state: 'joined', epoch: 2 },
    });
  });

  test('[C11] the client keeps its epoch over a restart', () => {
    const room = described()
      .leave('alice')
      .enter('alice')
      .restart()
      .enter('bob', { seen: {}, acked: 1 });
    expect(room.heard('bob', 'welcome').at(-1)).toMatchObject({
      peers: [{ user: 'alice', epoch: 2 }],
    });
  });

  test('[C11] a client that comes for the first time keeps the first epoch', () => {
    const room = ringing({}, { offer: offer() }).enter('alice');
    expect(room.heard('alice', 'welcome')).toMatchObject([{ received: 1 }]);
    expect(room.accept('bob').heard('bob', 'signal')).toMatchObject([{ epoch: 1, seq: 1 }]);
  });
});
