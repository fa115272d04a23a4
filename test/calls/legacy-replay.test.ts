import { afterAll, describe, expect, test } from 'vitest';
import type { CallLine, Device, LegacyLine } from '../support/calls/device.ts';
import { legacyClient } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import type { Exchange } from '../support/calls/legacy-exchange.ts';
import { BARE_CALL, PHONE_CALL, WEB_CALL } from '../support/calls/legacy-exchange.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices, two } from '../support/calls/scenes.ts';

afterAll(dropAll);

/** The texts of all frames on a line, without the answers to pings, which that server never gave. */
const texts = ({ heard }: LegacyLine): string[] =>
  heard.map(({ text }) => text).filter((text) => text !== '{"type":"pong"}');

/** Puts the ids of the two into a recorded frame. */
const filledIn = (text: string, caller: Device, callee: Device): string =>
  text.replaceAll('‹caller›', caller.user.id).replaceAll('‹callee›', callee.user.id);

const pair = async (): Promise<[Device, Device]> => {
  const [a, b] = await newDevices(2);
  if (!a || !b) throw new Error('There are no two');
  return [a, b];
};

describe('legacy clients on both sides', () => {
  test.each<[string, Exchange]>([
    ['the web client', WEB_CALL],
    ['the phone client', PHONE_CALL],
    ['a client that answers without sdp', BARE_CALL],
  ])(
    '[C37] legacy clients hear from %s what the legacy server told them, to the byte',
    async (_, exchange) => {
      const [a, b] = await pair();
      const lines = { caller: await legacyClient(a.user), callee: await legacyClient(b.user) };
      const expected: Record<'caller' | 'callee', string[]> = { caller: [], callee: [] };
      for (const { from, says, heard } of exchange) {
        const who = from === 'caller' ? 'callee' : 'caller';
        lines[from].say(filledIn(says, a, b));
        if (heard === undefined) continue;
        expected[who].push(filledIn(heard, a, b));
        await lines[who].next({ event: JSON.parse(heard).event });
        expect(texts(lines[who])).toEqual(expected[who]);
      }
      expect(texts(lines.caller)).toEqual(expected.caller);
      expect(texts(lines.callee)).toEqual(expected.callee);
    },
  );

  test('[C37] legacy clients may say all of it at once', async () => {
    const [a, b] = await pair();
    const [caller, callee] = [await legacyClient(a.user), await legacyClient(b.user)];
    const ofCaller = WEB_CALL.slice(0, 4);
    for (const { says } of ofCaller) caller.say(filledIn(says, a, b));
    const expected = ofCaller.flatMap(({ heard }) =>
      heard === undefined ? [] : [filledIn(heard, a, b)],
    );
    for (const _ of expected) await callee.next();
    expect(texts(callee)).toEqual(expected);
  });
});

/** What one side of an exchange says, as signals of the protocol. */
const signalOf = (text: string): unknown => {
  const { event, payload } = JSON.parse(text);
  if (event === 'call:ice') return { kind: 'candidate', candidate: payload.candidate };
  return { kind: event.slice('call:'.length), sdp: payload.sdp?.sdp ?? payload.sdp ?? '' };
};

describe('a legacy client', () => {
  /** The frames of WEB_CALL that somebody says, without pings and the hangup. */
  const said = (from: 'caller' | 'callee') =>
    WEB_CALL.filter((step) => step.from === from && /call:(offer|answer|ice)/.test(step.says));

  test('[C37] a legacy client calls a new one, which hears in its signals what was said', async () => {
    const { a, b, inbox } = await two();
    const legacy = await legacyClient(a.user);
    const [offer, ...rest] = said('caller').map(({ says }) => filledIn(says, a, b));
    for (const text of [offer, ...rest.slice(0, 2)]) legacy.say(text ?? '');
    const { frame } = await inbox.next({
      type: 'ring',
      video: true,
      group: false,
      from: { user: a.user.id },
    });
    const callId = 'call' in frame ? frame.call : '';
    const callee = await b.accept(callId);
    const heard = [];
    for (const text of [offer, ...rest.slice(0, 2)]) {
      const { frame: signal } = await callee.next({ type: 'signal', from: a.user.id });
      heard.push(...('signals' in signal ? signal.signals : []));
      expect(heard.at(-1)).toEqual(signalOf(text ?? ''));
    }
    await answers(callee, legacy);
    legacy.say(rest[2] ?? '');
    await callee.next({ type: 'signal', signals: [signalOf(rest[2] ?? '')] });
    legacy.say('{"event":"call:hangup"}');
    await callee.next({ type: 'state', state: 'ended', reason: 'hung_up' });
    expect(await recordsOf(b, callId)).toMatchObject([
      { reason: 'hung_up', video: true, direction: 'incoming' },
    ]);
  });

  /** What a new client says, and a legacy one hears of it. */
  const answers = async (line: CallLine, legacy: LegacyLine) => {
    const candidate = {
      candidate: 'candidate:9 1 udp 1 10.0.0.9 9 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
    };
    line.say({ type: 'signal', seq: 1, signal: { kind: 'answer', sdp: 'v=0 new' } });
    line.say({ type: 'signal', seq: 2, signal: { kind: 'candidate', candidate } });
    await legacy.next({ event: 'call:ice' });
    expect(texts(legacy).slice(-2)).toEqual([
      '{"event":"call:answer","payload":{"type":"answer","sdp":"v=0 new"}}',
      `{"event":"call:ice","payload":{"candidate":${JSON.stringify(candidate)}}}`,
    ]);
    await line.next({ type: 'acked', seq: 2 });
  };

  test('[C37] a legacy client that a new one calls hears an offer as it knows them', async () => {
    const [a, b] = await pair();
    const legacy = await legacyClient(b.user);
    const call = await a.dial(b.user, { video: true, offer: 'v=0 offer' });
    await legacy.next();
    expect(texts(legacy)).toEqual([
      `{"event":"call:offer","payload":{"sdp":{"type":"offer","sdp":"v=0 offer"},"isVideo":true,"fromUserId":"${a.user.id}"}}`,
    ]);
    // Candidates before the answer are delivered behind it.
    const [answer, ...candidates] = said('callee').map(({ says }) => filledIn(says, a, b));
    for (const text of [candidates[0], answer, candidates[1]]) legacy.say(text ?? '');
    await call.line.next({ type: 'state', state: 'accepted' });
    for (const [index, text] of [answer, candidates[0], candidates[1]].entries()) {
      await call.line.next({
        type: 'signal',
        from: b.user.id,
        seq: index + 1,
        signals: [signalOf(text ?? '')],
      });
    }
    call.line.say({
      type: 'signal',
      seq: 2,
      signal: { kind: 'candidate', candidate: { candidate: 'x', sdpMid: '1' } },
    });
    await legacy.next();
    expect(texts(legacy).at(-1)).toBe(
      '{"event":"call:ice","payload":{"candidate":{"candidate":"x","sdpMid":"1"}}}',
    );
    call.line.say({ type: 'hangup' });
    await legacy.next();
    expect(texts(legacy).at(-1)).toBe('{"event":"call:hangup"}');
    expect(await recordsOf(a, call.callId)).toMatchObject([
      { reason: 'hung_up', video: true, direction: 'outgoing' },
    ]);
  });
});
