import { describe, expect, test } from 'vitest';
import { callRoomDefinition } from '../../party/call/room.ts';

const decode = (frame: object) => callRoomDefinition.decode(JSON.stringify(frame), undefined);
const candidate = { candidate: 'candidate:1 1 udp 1 198.51.100.7 46154 typ host', sdpMid: '0' };

describe('null in an optional field of a frame', () => {
  test.each([
    { type: 'hello', version: 1, resume: null },
    { type: 'signal', seq: 1, to: null, signal: { kind: 'offer', sdp: 'v=0' } },
    { type: 'signal', seq: 1, to: null, signal: { kind: 'candidate', candidate } },
    { type: 'signal', seq: 1, to: null, signal: { kind: 'candidate', candidate: null } },
    { type: 'ping', more: null },
  ])('[H4] null counts as absence in %j', (frame) => {
    const absent = Object.fromEntries(Object.entries(frame).filter(([, value]) => value !== null));
    expect(decode(frame)).toEqual(decode(absent));
    expect(decode(frame)).toHaveProperty('frame.type', frame.type);
  });

  test('null in a field that is needed is an error', () => {
    expect(decode({ type: 'hello', version: null })).toEqual({ error: 'invalid' });
    expect(decode({ type: null })).toEqual({ error: 'unknown_type' });
  });
});
