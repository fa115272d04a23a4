import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  calleeOf,
  decodeLegacy,
  encodeLegacy,
  isVideo,
  toCandidate,
  toDescription,
} from '../../../party/inbox/dialect.ts';
import { CarriedSignal } from '../../../party/wire/messages.ts';

const sdp = { type: 'offer', sdp: 'v=0\r\n' };
const ice = {
  candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
};

describe('what a legacy client says', () => {
  test.each([
    ['call:offer', { userId: 'alice', sdp, isVideo: true, extra: [1] }],
    ['call:answer', { sdp }],
    ['call:ice', { candidate: ice }],
  ])('[C37] a legacy frame is understood, with all of its payload: %s', (event, payload) => {
    expect(decodeLegacy(JSON.stringify({ event, payload, id: 7 }))).toEqual({
      frame: { event, payload },
    });
  });

  test.each([{ event: 'call:hangup' }, { event: 'call:hangup', payload: null }])(
    '[C37] a legacy hangup needs no payload: %j',
    (said) => {
      expect(decodeLegacy(JSON.stringify(said))).toEqual({ frame: { event: 'call:hangup' } });
    },
  );

  test.each([
    '',
    '{',
    'null',
    '[]',
    '"call:hangup"',
    '{"type":"pong"}',
    '{"type":["ping"]}',
    '{"event":"call:unknown","payload":{}}',
    '{"event":"__proto__"}',
    '{"event":"call:offer"}',
    '{"event":"call:offer","payload":null}',
    '{"event":"call:offer","payload":[]}',
    '{"event":"call:offer","payload":"x"}',
    '{"event":["call:hangup"]}',
  ])('[C38] a frame that is none of these is ignored: %s', (text) => {
    expect(decodeLegacy(text)).toBeUndefined();
  });

  test('[C38] any other JSON is ignored, and does nothing more', () => {
    const events = ['call:offer', 'call:answer', 'call:ice', 'call:hangup'];
    fc.assert(
      fc.property(fc.json(), (text) => {
        const decoded = decodeLegacy(text);
        const frame = decoded?.frame ?? { type: 'ping' };
        expect(['ping', ...events]).toContain('event' in frame ? frame.event : frame.type);
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...events), fc.jsonValue(), (event, payload) => {
        const decoded = decodeLegacy(JSON.stringify({ event, payload }));
        const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
        expect(decoded !== undefined).toBe(isObject || event === 'call:hangup');
      }),
    );
  });

  test('[C38] a legacy frame cannot reach behind its payload', () => {
    const hidden = '{"__proto__":{"userId":"alice","isVideo":true},"constructor":1}';
    const text = `{"event":"call:offer","payload":${hidden}}`;
    const payload = { ...JSON.parse(text).payload, ...decodeLegacy(text)?.frame };
    expect(calleeOf(payload)).toBeUndefined();
    expect(isVideo(payload)).toBe(false);
    expect(Object.hasOwn(Object.prototype, 'userId')).toBe(false);
  });
});

describe('whom a legacy offer is for', () => {
  test.each([
    [{ userId: 'alice' }, 'alice'],
    [{ targetUserId: 'alice' }, 'alice'],
    [{ userId: 'alice', targetUserId: 'bob' }, 'alice'],
    [{ userId: '', targetUserId: 'bob' }, 'bob'],
    [{ userId: null, targetUserId: 'bob' }, 'bob'],
    [{ userId: 42 }, undefined],
    [{ userId: { id: 'alice' } }, undefined],
    [{ userId: 'a'.repeat(64) }, 'a'.repeat(64)],
    [{ userId: 'a'.repeat(65) }, undefined],
    [{}, undefined],
  ])('[C37] %j is for %s', (payload, callee) => {
    expect(calleeOf(payload)).toBe(callee);
  });
});

describe('signals of legacy clients', () => {
  test.each([
    [{ sdp }, 'v=0\r\n'],
    [{ type: 'offer', sdp: 'v=0' }, 'v=0'],
    [{ sdp: null }, ''],
    [{ sdp: { sdp: 7 } }, ''],
    [{ sdp: [] }, ''],
    [{}, ''],
  ])('[C37] a description is the text in %j: %s', (payload, text) => {
    expect(toDescription('offer', payload)).toEqual({ kind: 'offer', sdp: text, raw: payload });
  });

  test('[C37] a candidate goes on as it came', () => {
    expect(toCandidate({ candidate: ice, x: 1 })).toEqual({
      kind: 'candidate',
      candidate: ice,
      raw: { candidate: ice, x: 1 },
    });
    expect(toCandidate({ candidate: null })).toEqual({
      kind: 'candidate',
      candidate: null,
      raw: { candidate: null },
    });
  });

  test.each([
    {},
    { candidate: 'text' },
    { candidate: {} },
    { candidate: { ...ice, sdpMLineIndex: 'x' } },
  ])('[C38] %j is no signal', (payload) => {
    expect(toCandidate(payload)).toBeUndefined();
  });

  test('every signal of a legacy client is one that the room of a call takes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('sdp', 'candidate', 'type'), fc.jsonValue()),
        (payload) => {
          for (const signal of [
            toDescription('offer', payload),
            toDescription('answer', payload),
            toCandidate(payload),
          ]) {
            if (signal)
              expect(CarriedSignal.safeParse(JSON.parse(JSON.stringify(signal))).success).toBe(
                true,
              );
          }
        },
      ),
    );
  });
});

describe('what a legacy client is sent', () => {
  test('[C37] an offer of a legacy client arrives with its true sender', () => {
    const raw = { userId: 'bob', fromUserId: 'somebody else', sdp, isVideo: true, extra: [1] };
    expect(encodeLegacy(toDescription('offer', raw), 'alice', false)).toEqual({
      event: 'call:offer',
      payload: { ...raw, fromUserId: 'alice' },
    });
  });

  test('[C37] an answer of a legacy client arrives as its sdp, or its payload without one', () => {
    const answer = { type: 'answer', sdp: 'v=0' };
    expect(encodeLegacy(toDescription('answer', { sdp: answer, x: 1 }), 'alice', false)).toEqual({
      event: 'call:answer',
      payload: answer,
    });
    expect(encodeLegacy(toDescription('answer', { x: 1 }), 'alice', false)).toEqual({
      event: 'call:answer',
      payload: { x: 1 },
    });
  });

  test('[C37] candidates of a legacy client arrive unchanged', () => {
    const signal = toCandidate({ candidate: { ...ice, foundation: 'kept' }, x: 1 });
    expect(signal && encodeLegacy(signal, 'alice', false)).toEqual({
      event: 'call:ice',
      payload: { candidate: { ...ice, foundation: 'kept' }, x: 1 },
    });
  });

  test('[C37] signals of a current client arrive as the legacy server would send them', () => {
    expect(encodeLegacy({ kind: 'offer', sdp: 'v=0' }, 'alice', true)).toEqual({
      event: 'call:offer',
      payload: { sdp: { type: 'offer', sdp: 'v=0' }, isVideo: true, fromUserId: 'alice' },
    });
    expect(encodeLegacy({ kind: 'answer', sdp: 'v=0' }, 'alice', true)).toEqual({
      event: 'call:answer',
      payload: { type: 'answer', sdp: 'v=0' },
    });
    expect(encodeLegacy({ kind: 'candidate', candidate: ice }, 'alice', true)).toEqual({
      event: 'call:ice',
      payload: { candidate: ice },
    });
  });

  test.each([null, { candidate: '' }])(
    '[C37] the end of candidates of a current client is not sent: %j',
    (end) => {
      expect(encodeLegacy({ kind: 'candidate', candidate: end }, 'alice', true)).toBeUndefined();
    },
  );
});
