import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOKEN_TTL_SECONDS } from '../../src/session/token.ts';
import { Device } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newUser } from '../support/calls/people.ts';
import type { Asked } from '../support/calls/rooms.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { Person, registerWebhook } from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { confirm, showQr } from '../support/qr.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const redis = new ProxyControl(stack.redisProxy);
beforeAll(registerWebhook);
afterAll(dropAll);

/** The token names the user, so any device will do. */
const nobody = await newUser();
const sidOf = (token: string) => String(decodeJwt(token).sid);
const userOf = (token: string) => String(decodeJwt(token).userId);
/** The inbox of whoever has a token. */
const inbox = async (token: string) => new Device(nobody, token).inbox();
/** Signs the user of a token in once more. */
const again = async (token: string): Promise<string> => {
  const { code, poll } = await showQr(api);
  await confirm(api, code, token);
  return String((await poll()).body.token);
};

describe('the sockets of a session that ends', () => {
  test.each([
    [
      'one signs it out elsewhere',
      (mine: string, other: string) =>
        api.send('DELETE', `/api/sessions/${sidOf(other)}`, { token: mine }),
    ],
    [
      'one signs all others out',
      (mine: string) => api.send('DELETE', '/api/sessions', { token: mine }),
    ],
    [
      'it signs itself out',
      (_: string, other: string) => api.post('/api/auth/logout', {}, { token: other }),
    ],
  ])('[A38, C25] the sockets of a session are closed when %s, and no others', async (_, end) => {
    const mine = await signIn(api);
    const other = await again(mine);
    const [kept, lost] = [await inbox(mine), await inbox(other)];
    expect((await end(mine, other)).status).toBe(200);
    expect(await lost.closed).toMatchObject({ code: 4001 });
    kept.say({ type: 'ping' });
    await kept.next({ type: 'pong' });
  });

  test('[A40, C25] the sockets of a session are closed by the button “Это не я”', async () => {
    const person = await new Person().introduce();
    await person.share();
    const room = await inbox(await signIn(api, person.phone));
    await person.hear(/Новый вход/);
    await person.press();
    expect(await room.closed).toMatchObject({ code: 4001 });
  });
});

describe('the room of a user', () => {
  /** Starts an app whose rooms fail so many times, and collects what they were asked. */
  const appWith = (
    failures: number,
    overrides: Record<string, string> = {},
    clock = new TestClock(),
  ) => {
    const asked: Asked[] = [];
    const hear = (...one: Asked) => {
      asked.push(one);
      if (asked.length <= failures) throw new Error('Out of reach');
    };
    const rooms = cannedRooms({ hear });
    return { asked, clock, api: localApi(overrides, clock.now, rooms) };
  };

  test('[A39, C25] the room of a user is told which session went for the 51st sign-in', async () => {
    const {
      asked,
      clock,
      api: local,
    } = appWith(0, { PHONE_SENDS_PER_DAY: '1000', PHONE_SEND_GAPS_SECONDS: '1' });
    const phone = freshPhone();
    const tokens: string[] = [];
    for (let n = 0; n < 51; n += 1) {
      clock.advance(60);
      expect(asked).toEqual([]);
      tokens.push(await signIn(local, phone));
    }
    await local.settle();
    const [first = ''] = tokens;
    const told = [
      { party: 'inbox', id: userOf(first) },
      { type: 'revoked', sids: [sidOf(first)] },
    ];
    expect(asked).toEqual([told]);
    // A sign-in by QR code does the same.
    const { code, poll } = await showQr(local);
    await confirm(local, code, tokens[50] ?? '');
    expect((await poll()).body.status).toBe('ready');
    await local.settle();
    expect(asked.at(-1)).toEqual([told[0], { type: 'revoked', sids: [sidOf(tokens[1] ?? '')] }]);
  });

  test('[C16, C25] the room of a user is told again when it did not hear', async () => {
    const token = await signIn(api);
    const sids = [sidOf(token)];
    const { asked, api: local } = appWith(1);
    expect((await local.post('/api/auth/logout', {}, { token })).status).toBe(200);
    await local.settle();
    const told = [
      { party: 'inbox', id: userOf(token) },
      { type: 'revoked', sids },
    ];
    expect(asked).toEqual([told, told]);
  });

  test('[C16, C25] the room of a user is told for as long as the platform lets it be told', async () => {
    const token = await signIn(api);
    const { asked, api: local } = appWith(3);
    expect((await local.post('/api/auth/logout', {}, { token })).status).toBe(200);
    await local.settle();
    expect(asked).toHaveLength(4);
  });

  test('[C25] the room of a user is told also when nothing is left to end', async () => {
    const { asked, api: local } = appWith(0);
    const token = await signIn(api);
    const other = await again(token);
    const ending = {
      one: () => local.send('DELETE', `/api/sessions/${sidOf(other)}`, { token }),
      others: () => local.send('DELETE', '/api/sessions', { token }),
      itself: () => local.post('/api/auth/logout', {}, { token }),
    };
    const inboxOf = { party: 'inbox', id: userOf(token) };
    for (const [end, sids, statuses] of [
      ['one', { sids: [sidOf(other)] }, [503, 404]],
      [
        'others',
        { sids: [], others: { but: sidOf(token), until: expect.any(Number) } },
        [503, 200],
      ],
      ['itself', { sids: [sidOf(token)] }, [503, 401]],
    ] as const) {
      asked.length = 0;
      await redis.behave({ mode: 'deaf', times: 1 });
      const endsNow = Date.now() + TOKEN_TTL_SECONDS * 1000;
      const answers = [(await ending[end]()).status, (await ending[end]()).status];
      await local.settle();
      expect(answers).toEqual(statuses);
      expect(asked).toEqual([[inboxOf, { type: 'revoked', ...sids }]]);
      const [, message] = asked[0] ?? [];
      const until = message?.type === 'revoked' ? message.others?.until : undefined;
      // A session that begins from now on ends later than this.
      if (end === 'others') expect(Math.abs((until ?? 0) - endsNow)).toBeLessThan(20_000);
    }
  });
});
