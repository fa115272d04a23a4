import { afterAll, describe, expect, test } from 'vitest';
import { deviceOf, legacyClient, openLegacy } from '../support/calls/device.ts';
import { answer, events, HANGUP, ice, offerTo, three } from '../support/calls/legacy-frames.ts';
import { dropAll } from '../support/calls/listener.ts';
import { aCallWorks, two } from '../support/calls/scenes.ts';
import { repeated } from '../support/races.ts';
import { legacyToken } from '../support/tokens.ts';

afterAll(dropAll);

describe('several sockets of a legacy client', () => {
  test('[C2] several legacy sockets all ring; one answers, and the others hear call:hangup', async () => {
    const [a, b] = await three();
    const { token } = await deviceOf(b.user);
    const sockets = await Promise.all([openLegacy(token), openLegacy(token), legacyClient(b.user)]);
    const caller = await legacyClient(a.user);
    caller.say(offerTo(b.user.id));
    for (const socket of sockets) await socket.next({ event: 'call:offer' });
    const [first, second, third] = sockets;
    second.say(answer);
    await caller.next({ event: 'call:answer' });
    for (const socket of [first, third]) expect((await socket.next()).frame).toEqual(HANGUP);
    caller.say(ice(1));
    expect((await second.next()).frame).toEqual(ice(1));
    expect([events(first), events(third)]).toEqual([
      ['call:offer', 'call:hangup'],
      ['call:offer', 'call:hangup'],
    ]);
    // A socket that is not in the call ends nothing.
    first.drop();
    third.say(HANGUP);
    second.say(ice(2));
    expect((await caller.next()).frame).toEqual(ice(2));
    const again = await openLegacy(token);
    second.say(ice(3));
    expect((await caller.next()).frame).toEqual(ice(3));
    expect(again.frames).toEqual([]);
  });

  test('[C5] several legacy sockets leave the user reachable when one closes while it rings', async () => {
    const [a, b] = await three();
    const [one, other] = [await legacyClient(b.user), await legacyClient(b.user)];
    const caller = await legacyClient(a.user);
    caller.say(offerTo(b.user.id));
    for (const socket of [one, other]) await socket.next({ event: 'call:offer' });
    one.drop();
    other.say(answer);
    await caller.next({ event: 'call:answer' });
  });

  test('[C2] several legacy sockets that answer at once: exactly one has the call', async () => {
    const [a, b] = await three();
    const sockets = await Promise.all(repeated(4, () => legacyClient(b.user)));
    const caller = await legacyClient(a.user);
    caller.say(offerTo(b.user.id));
    for (const socket of sockets) await socket.next({ event: 'call:offer' });
    for (const socket of sockets) socket.say(answer);
    await caller.next({ event: 'call:answer' });
    caller.say(ice(1));
    const last = await Promise.all(
      sockets.map((socket) => socket.next({ event: new Set(['call:ice', 'call:hangup']) })),
    );
    const heard = last.map(({ frame }) => ('event' in frame ? frame.event : '')).toSorted();
    expect(heard).toEqual(['call:hangup', 'call:hangup', 'call:hangup', 'call:ice']);
    expect(events(caller)).toEqual(['call:answer']);
  });
});

describe('frames that the legacy server did not know', () => {
  test('[C38] frames that the legacy server did not know are ignored, and the socket stays', async () => {
    const { a, b, inbox } = await two();
    const [legacy] = [await legacyClient(a.user)];
    const nested = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const strange = [
      ...[
        '',
        'x',
        '{',
        'null',
        '[]',
        '1',
        '"call:offer"',
        '{}',
        nested,
        `{"event":"call:offer","payload":${nested}}`,
      ],
      ...[
        '{"event":"call:offer"}',
        '{"event":"call:offer","payload":null}',
        '{"event":"call:offer","payload":[]}',
      ],
      ...[
        '{"event":"call:offer","payload":{}}',
        '{"event":"call:offer","payload":{"userId":{"toString":1}}}',
      ],
      ...[
        '{"event":"call:offer","payload":{"userId":7}}',
        '{"event":"__proto__","payload":{}}',
        '{"event":"chat"}',
      ],
      ...[
        '{"event":{"toString":1}}',
        '{"event":"call:ice","payload":{"candidate":7}}',
        '{"event":"call:ice"}',
      ],
      ...[
        '{"event":"call:answer","payload":{"sdp":7}}',
        '{"event":"call:hangup"}',
        '{"__proto__":{"event":"call:offer"}}',
      ],
      Buffer.from([0, 255]),
      Buffer.from('{"event":"call:hangup"}'),
      '{"type":"hello","version":1}',
    ];
    for (const frame of strange) legacy.say(frame);
    legacy.say(offerTo(b.user.id));
    await inbox.next({ type: 'ring', from: { user: a.user.id } });
    legacy.say(HANGUP);
    await inbox.next({ type: 'stop', reason: 'cancelled' });
    expect(legacy.frames).toEqual([]);
    await aCallWorks(await deviceOf(a.user), b);
  });
});

describe('/ws', () => {
  test.each<[string, () => Promise<string>]>([
    ['no token', async () => ''],
    ['what is none', async () => 'abc.def.ghi'],
    [
      'one that somebody else signed',
      () => legacyToken(crypto.randomUUID(), { secret: 'another-secret-0123456789012345' }),
    ],
    ['one that has expired', () => legacyToken(crypto.randomUUID(), { issuedAt: 1_500_000_000 })],
  ])('[C36] /ws opens, and closes with 4001 for %s', async (_, token) => {
    const line = await openLegacy(await token());
    expect(await line.closed).toEqual({ code: 4001, reason: 'Unauthorized' });
    expect(line.frames).toEqual([]);
  });
});
