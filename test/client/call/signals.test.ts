import { describe, expect, test } from 'vitest';
import { withoutCandidates } from '../../../client/src/call/candidates.ts';
import type { Outgoing, Signals } from '../../../client/src/call/signals.ts';
import * as changes from '../../../client/src/call/signals.ts';
import { flush, newSignals, signalsDeadline } from '../../../client/src/call/signals.ts';

const candidate = (name: string, connection = 1): Outgoing => ({
  connection,
  to: `u${connection}`,
  epoch: 1,
  signal: { kind: 'candidate', candidate: { candidate: name } },
});
const offer = (connection: number, sdp = 'offer'): Outgoing => ({
  connection,
  to: `u${connection}`,
  epoch: 1,
  signal: { kind: 'offer', sdp },
});

/** What changes signals, as a function from those before to those after. */
const after =
  <Args extends readonly unknown[]>(change: (signals: Signals, ...args: Args) => unknown) =>
  (signals: Signals, ...args: Args): Signals => {
    const changed = { ...signals };
    change(changed, ...args);
    return changed;
  };
const queueSignal = after(changes.queueSignal);
const reconnect = after(changes.reconnect);
const noteAcked = after(changes.noteAcked);
const noteSeen = after(changes.noteSeen);
const resendFrom = after(changes.resendFrom);
const takeOut = after(changes.takeOut);

const queueAll = (all: readonly Outgoing[], signals = newSignals()): Signals =>
  all.reduce((queued, one) => queueSignal(queued, one), signals);

/** What is sent now, as numbers and names. */
const send = (before: Signals, now: number) => {
  const after = { ...before };
  const frames = flush(after, { maySend: true, now });
  const sent = frames.flatMap((frame) => {
    if (frame.type !== 'signal') return [frame.type];
    const { seq, to, signal } = frame;
    return [`${seq} ${to} ${signal.kind === 'candidate' ? signal.candidate?.candidate : 'offer'}`];
  });
  return { after, sent };
};

const connected = (signals: Signals, now = 0) =>
  reconnect(signals, { received: 0, remembers: true, now });

describe('the signals of a device', () => {
  test('[C22] a hundred go at once, and forty a second after that', () => {
    const many = Array.from({ length: 250 }, (_, n) => candidate(`c${n}`));
    let signals = connected(queueAll(many));
    const counts: number[] = [];
    for (const now of [0, 0, 500, 1_000, 2_000, 10_000]) {
      const { after, sent } = send(signals, now);
      signals = after;
      counts.push(sent.length);
    }
    expect(counts).toEqual([100, 0, 20, 20, 40, 70]);
    expect(signalsDeadline(signals, true)).toBe(Number.POSITIVE_INFINITY);
  });

  test('[C22] a long signal counts as several', () => {
    const long = Array.from({ length: 60 }, () => offer(1, 'x'.repeat(70_000)));
    expect(send(connected(queueAll(long)), 0).sent).toHaveLength(50);
  });

  test('[C8] offers go before candidates of others, and behind those of their own connection', () => {
    const given = [offer(1), candidate('a'), candidate('b'), offer(2), candidate('x', 2), offer(1)];
    expect(send(connected(queueAll(given)), 0).sent).toEqual([
      '1 u1 offer',
      '2 u2 offer',
      '3 u1 a',
      '4 u1 b',
      '5 u1 offer',
      '6 u2 x',
    ]);
  });

  test('[C11] what has not arrived goes again over the next socket, and nothing else', () => {
    const { after } = send(connected(queueAll(['a', 'b', 'c'].map((name) => candidate(name)))), 0);
    const lost = reconnect(noteAcked(after, 1), { received: 2, remembers: true, now: 1 });
    expect(send(queueSignal(lost, candidate('d')), 1).sent).toEqual(['3 u1 c', '4 u1 d']);
  });

  test('[C11] what is asked for again goes after a pause, once', () => {
    const { after } = send(connected(queueAll(['a', 'b', 'c'].map((name) => candidate(name)))), 0);
    const asked = resendFrom(resendFrom(after, 2, 10), 2, 20);
    expect(send(asked, 20).sent).toEqual([]);
    expect(signalsDeadline(asked, true)).toBe(520);
    expect(send(asked, 520).sent).toEqual(['2 u1 b', '3 u1 c']);
  });

  test('[C21] what is refused for good is taken out, and those behind it get new numbers', () => {
    const { after } = send(connected(queueAll(['a', 'b', 'c'].map((name) => candidate(name)))), 0);
    const left = takeOut(after, 2);
    expect(send(queueSignal(left, candidate('d')), 0).sent).toEqual(['2 u1 c', '3 u1 d']);
    expect(takeOut(left, 9)).toEqual(left);
  });

  test('[C15] an ack goes with the sixteenth frame, or five seconds after the first', () => {
    let signals = connected(newSignals());
    for (let seq = 1; seq <= 15; seq++)
      signals = noteSeen(signals, { from: 'u1', epoch: 1, seq }, seq);
    expect(send(signals, 15).sent).toEqual([]);
    expect(signalsDeadline(signals, true)).toBe(5_001);
    expect(send(signals, 5_001).sent).toEqual(['ack']);
    const more = noteSeen(signals, { from: 'u1', epoch: 1, seq: 16 }, 16);
    expect(send(more, 16).sent).toEqual(['ack']);
  });

  test('[C11] a number that was seen is old, and one of a new epoch is not', () => {
    const seen = noteSeen(newSignals(), { from: 'u1', epoch: 1, seq: 5 }, 0);
    const isNew = (epoch: number, seq: number) =>
      changes.noteSeen({ ...seen }, { from: 'u1', epoch, seq }, 0);
    expect([isNew(1, 5), isNew(1, 6), isNew(2, 1), isNew(0, 9)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

test('[C48] a description that is applied early has no candidate; they come out by their place', () => {
  const lines = ['v=0', 'm=audio 9', 'a=candidate:1 1 udp 7 192.0.2.1 9 typ host', 'a=mid:0'];
  const more = ['m=video 9', 'a=candidate:2 1 udp 7 192.0.2.1 9 typ host', 'a=end-of-candidates'];
  const { sdp, candidates } = withoutCandidates(`${[...lines, ...more].join('\r\n')}\r\n`);
  expect(sdp).toBe('v=0\r\nm=audio 9\r\na=mid:0\r\nm=video 9\r\n');
  expect(candidates).toEqual([
    { candidate: 'candidate:1 1 udp 7 192.0.2.1 9 typ host', sdpMLineIndex: 0 },
    { candidate: 'candidate:2 1 udp 7 192.0.2.1 9 typ host', sdpMLineIndex: 1 },
  ]);
});
