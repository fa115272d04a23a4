import { describe, expect, test } from 'vitest';
import type { Signal } from '../../../src/contract/sockets/call.ts';
import { CallClient } from '../../support/calls/reference-client.ts';
import { offer, talking, three } from './call.ts';

const sdpOf = (signal: Signal) => ('sdp' in signal ? signal.sdp : '');
/** A signal that no room takes. */
const BROKEN = { kind: 'rollback', sdp: '' };

describe('a signal that is refused for good', () => {
  test('[C21] a refused signal is named, and those behind it count under new numbers', () => {
    const room = talking();
    room.signal('alice', 1, BROKEN).signal('alice', 2, offer('a')).signal('alice', 3, offer('b'));
    expect(room.heard('alice', 'error')).toMatchObject([{ code: 'invalid', seq: 1 }]);
    ['a', 'b', 'c'].forEach((text, index) => void room.signal('alice', index + 1, offer(text)));
    expect(room.signals('bob').map(([seq, text]) => [seq, text])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  test('[C11, C21] a refused signal behind a gap leaves what came before it alone', () => {
    const room = talking();
    room.signal('alice', 2, offer('b')).signal('alice', 3, BROKEN).signal('alice', 4, offer('c'));
    room
      .signal('alice', 1, offer('a'))
      .signal('alice', 3, offer('c'))
      .signal('alice', 4, offer('d'));
    expect(room.signals('bob').map(([, text]) => text)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('[C21] two refused signals are each reported in their turn', () => {
    const room = talking();
    room.signal('alice', 1, BROKEN).signal('alice', 2, BROKEN).signal('alice', 3, offer());
    expect(room.heard('alice', 'error')).toMatchObject([{ code: 'invalid', seq: 1 }]);
    room.signal('alice', 1, BROKEN).signal('alice', 2, offer());
    expect(room.heard('alice', 'error')).toMatchObject([{ code: 'invalid', seq: 1 }]);
    room.signal('alice', 1, offer());
    expect(room.signals('bob')).toHaveLength(1);
  });

  test('[C21] a signal that has nobody to go to in a group is refused as well', () => {
    const room = three();
    room.signal('alice', 1, offer('lost'), 'nobody').signal('alice', 2, offer('kept'), 'bob');
    expect(room.heard('alice', 'error')).toMatchObject([{ code: 'no_such_peer', seq: 1 }]);
    room.signal('alice', 1, offer('kept'), 'bob').signal('alice', 2, offer('next'), 'bob');
    expect(room.signals('bob').map(([seq]) => seq)).toEqual([1, 2]);
  });

  test('[C21] a client leaves out a refused signal and numbers the others anew', () => {
    const sent: object[] = [];
    const client = new CallClient({ send: (frame) => sent.push(frame) });
    client.opened();
    const welcome = {
      version: 1,
      call: 'c',
      video: false,
      group: false,
      caller: 'a',
      you: 'a',
    } as const;
    client.received({
      type: 'welcome',
      ...welcome,
      state: 'accepted',
      joined: true,
      received: 0,
      peers: [],
    });
    for (const sdp of ['first', 'too long', 'third', 'fourth'])
      client.signal({ kind: 'offer', sdp });
    sent.length = 0;
    client.received({ type: 'error', code: 'too_long', message: '', seq: 2 });
    expect(sent).toEqual([
      { type: 'signal', seq: 2, signal: { kind: 'offer', sdp: 'third' } },
      { type: 'signal', seq: 3, signal: { kind: 'offer', sdp: 'fourth' } },
    ]);
    expect(client.pending.map(({ seq, signal }) => [seq, sdpOf(signal)])).toEqual([
      [1, 'first'],
      [2, 'third'],
      [3, 'fourth'],
    ]);
  });
});
