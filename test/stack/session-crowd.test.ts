import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Api } from '../support/client.ts';
import { localApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { confirm, deny, info, showQr } from '../support/qr.ts';
import { signIn } from '../support/sign-in.ts';

const sidOf = (token: string): string => String(decodeJwt(token).sid);
const lives = async (at: Api, token: string) =>
  (await at.send('GET', '/api/sessions', { token })).status === 200;

/** Somebody who may sign in as often as they like, a minute apart. */
const somebody = () => {
  const clock = new TestClock();
  const settings = { PHONE_SENDS_PER_DAY: '1000', PHONE_SEND_GAPS_SECONDS: '0' };
  const local = localApi(settings, clock.now);
  const phone = freshPhone();
  const byCode = async () => {
    clock.advance(60);
    return signIn(local, phone);
  };
  const byQr = async (confirming: string) => {
    clock.advance(60);
    const shown = await showQr(local);
    expect((await confirm(local, shown.code, confirming)).status).toBe(200);
    return String((await shown.poll()).body.token);
  };
  return { clock, local, byCode, byQr, settings };
};

const times = async (count: number, signInOnce: () => Promise<string>) => {
  const tokens: string[] = [];
  for (let n = 0; n < count; n++) tokens.push(await signInOnce());
  return tokens;
};

describe('of more than 50 sessions', () => {
  test('[A39] the session that confirms QR codes never goes, however many it confirms', async () => {
    const { local, byCode, byQr } = somebody();
    const confirming = await byCode();
    const tokens = await times(55, () => byQr(confirming));
    expect(await lives(local, confirming)).toBe(true);
    expect(await lives(local, tokens[5] ?? '')).toBe(false);
    expect(await lives(local, tokens[6] ?? '')).toBe(true);
    await local.settle();
  });

  test('[A39] the session that has confirmed stays, however late its code is collected', async () => {
    const { clock, local, byCode } = somebody();
    const confirming = await byCode();
    const shown = await showQr(local);
    expect((await confirm(local, shown.code, confirming)).status).toBe(200);
    clock.advance(1);
    const others = await times(4, byCode);
    const elsewhere = await times(45, async () => {
      clock.advance(1);
      const { code } = await showQr(local);
      expect((await confirm(local, code, others[0] ?? '')).status).toBe(200);
      return code;
    });
    expect(elsewhere).toHaveLength(45);
    expect((await shown.poll()).body.status).toBe('ready');
    expect(await lives(local, confirming)).toBe(true);
  });

  test('[A39] the session goes that was heard of longest ago, not the one of the first sign-in', async () => {
    const { clock, local, byCode } = somebody();
    const [first = '', second = '', third = ''] = await times(50, byCode);
    clock.advance(60);
    expect(await lives(local, first)).toBe(true);
    await byCode();
    expect(await lives(local, first)).toBe(true);
    expect(await lives(local, second)).toBe(false);
    expect(await lives(local, third)).toBe(true);
  });

  test.each([
    ['asks about', info],
    ['denies', deny],
  ])('[A39] a session is heard of when it %s a QR code', async (_, step) => {
    const { clock, local, byCode } = somebody();
    const [first = '', second = ''] = await times(50, byCode);
    clock.advance(60);
    const { code } = await showQr(local);
    expect((await step(local, code, first)).status).toBe(200);
    await byCode();
    expect(await lives(local, second)).toBe(false);
    expect(await lives(local, first)).toBe(true);
  });

  test('[A39] the newest session does not go though the clock that it began by is behind', async () => {
    const { clock, local, byCode, settings } = somebody();
    const tokens = await times(50, byCode);
    const behind = localApi(settings, () => clock.now() - 3_600_000);
    const shown = await showQr(behind);
    expect((await confirm(behind, shown.code, tokens[49] ?? '')).status).toBe(200);
    const { body } = await shown.poll();
    const { sessions } = (await local.send('GET', '/api/sessions', { token: tokens[49] ?? '' }))
      .body as {
      sessions: { id: string }[];
    };
    expect(sessions).toHaveLength(50);
    expect(sessions.map(({ id }) => id)).toContain(sidOf(String(body.token)));
    expect(await lives(local, tokens[0] ?? '')).toBe(false);
  });
});
