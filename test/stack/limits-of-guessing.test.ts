import { describe, expect, test } from 'vitest';
import { freshAddress, freshNetwork, freshPhone } from '../support/fresh.ts';
import { guessAtNothing, guessWrong, start, verify } from '../support/guessing.ts';
import { freshChat, link, messagesOf, requestCode, wrongCode } from '../support/sign-in.ts';

describe('the limits of guessing', () => {
  test('[A7] a code is dead after 5 wrong tries, and answers like an expired one', async () => {
    const { api } = start();
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    for (let i = 0; i < 5; i++) {
      expect(
        (await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) })).status,
      ).toBe(400);
    }
    const right = await api.post('/api/auth/verify-code', { phone, code });
    expect(right.status).toBe(400);
    expect(right.body.message).toBe('Неверный код или он истёк');
  });

  test('[A7, A8] after 4 wrong tries the right one still works', async () => {
    const { api } = start();
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    for (let i = 0; i < 4; i++)
      await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) });
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('[A17] a number has 10 wrong compares in 24 hours; then even the right code is refused', async () => {
    const { clock, api } = start();
    const phone = freshPhone();
    let compared = 0;
    for (const gap of [0, 60, 120, 300]) {
      clock.advance(gap);
      const { code } = await requestCode(api, phone);
      for (let i = 0; i < 3 && compared < 10; i++, compared++) {
        const answer = await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) });
        expect(answer.status).toBe(400);
      }
      if (compared < 10) continue;
      const right = await api.post('/api/auth/verify-code', { phone, code });
      expect(right.status).toBe(429);
      expect(right.body.retryAfterSeconds).toBe(86_400 - (60 + 120 + 300));
    }
    expect(compared).toBe(10);
  });

  test('[A17, A24] past that budget request-code is 200, and Telegram says when codes come again', async () => {
    const { clock, api } = start();
    const phone = freshPhone();
    const chat = freshChat();
    await link(api, phone, chat);
    for (const gap of [0, 60]) {
      clock.advance(gap);
      const { code } = await requestCode(api, phone);
      for (let i = 0; i < 5; i++)
        await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) });
    }
    clock.advance(120);
    const answer = await api.post('/api/auth/request-code', { phone });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).sort()).toEqual(['masked', 'ok', 'requestId', 'ttlSeconds']);
    const [, , last] = await messagesOf(chat, 3);
    expect(last).toContain('Запросите код через 24 ч.');
    expect(last).not.toMatch(/\d{6}/);

    clock.advance(86_400);
    const { code } = await requestCode(api, phone);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('[A17] a success clears the budget of the number', async () => {
    const { clock, api } = start();
    const phone = freshPhone();
    for (const gap of [0, 60, 120]) {
      clock.advance(gap);
      const { code } = await requestCode(api, phone);
      for (let i = 0; i < 4; i++) {
        expect(
          (await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) })).status,
        ).toBe(400);
      }
      expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
    }
  });

  test.each([
    ['an IPv6 /64', 30, freshNetwork],
    ['an IPv4 address, with all who are behind it,', 300, freshAddress],
  ])(
    '[A20] %s has %i wrong compares an hour; then even a right code is refused from there',
    async (_, count, fresh) => {
      const { clock, api } = start();
      const address = fresh();
      await guessWrong(api, count, address);
      const phone = freshPhone();
      const { code } = await requestCode(api, phone);
      const refused = await verify(api, { phone, code }, address);
      expect(refused.status).toBe(429);
      expect(refused.body.retryAfterSeconds).toBe(3600);
      expect((await verify(api, { phone, code }, fresh())).status).toBe(200);
      clock.advance(3600);
      await guessAtNothing(api, 1, address);
    },
  );

  test('[A22] a guess while no code lives weighs a tenth for the address', async () => {
    const { api } = start();
    const address = freshNetwork();
    await guessAtNothing(api, 150, address);
    await guessWrong(api, 14, address);
    await guessAtNothing(api, 9, address);
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    expect((await verify(api, { phone, code }, address)).status).toBe(200);
    await guessAtNothing(api, 1, address);
    expect((await verify(api, { phone, code: '123456' }, address)).status).toBe(429);
  });

  test('[A23] who shows the requestId of the live code is not refused because of the address', async () => {
    const { clock, api } = start();
    const address = freshNetwork();
    await guessWrong(api, 30, address);
    const phone = freshPhone();
    const { code, requestId } = await requestCode(api, phone);
    for (const other of [undefined, '', crypto.randomUUID()]) {
      expect((await verify(api, { phone, code, requestId: other }, address)).status).toBe(429);
    }
    const wrong = await verify(api, { phone, code: wrongCode(code), requestId }, address);
    expect(wrong.body).toMatchObject({ code: 'wrong_code' });
    expect((await verify(api, { phone, code, requestId }, address)).status).toBe(200);

    // Such guesses make the neighbours wait no longer either.
    clock.advance(3_599);
    expect((await verify(api, { phone, code: '123456' }, address)).body).toMatchObject({
      retryAfterSeconds: 1,
    });
    clock.advance(1);
    await guessAtNothing(api, 1, address);
  });

  test('[A23] the requestId of a code that is dead, used or replaced opens nothing', async () => {
    const { clock, api } = start({ CODE_TRIES: '1' });
    const address = freshNetwork();
    await guessWrong(api, 0, address);
    const [dead, used, replaced] = [freshPhone(), freshPhone(), freshPhone()];
    const codes = new Map<string, { code: string; requestId: string }>();
    for (const phone of [dead, used, replaced]) codes.set(phone, await requestCode(api, phone));
    const show = (phone: string, from: string) => verify(api, { phone, ...codes.get(phone) }, from);
    await verify(
      api,
      { phone: dead, code: wrongCode(codes.get(dead)?.code ?? '') },
      freshNetwork(),
    );
    expect(
      (await verify(api, { phone: used, code: codes.get(used)?.code }, freshNetwork())).status,
    ).toBe(200);
    clock.advance(60);
    await requestCode(api, replaced);
    await guessAtNothing(api, 300, address);
    for (const phone of [dead, used, replaced])
      expect((await show(phone, address)).status).toBe(429);
  });

  test('[A20, A23] 300 guesses from the address of neighbours keep nobody from signing in', async () => {
    const { api } = start();
    const address = freshAddress();
    await guessAtNothing(api, 300, address);
    const phone = freshPhone();
    const { code } = await requestCode(api, phone, address);
    expect((await verify(api, { phone, code }, address)).status).toBe(200);

    await guessWrong(api, 270, address);
    expect((await verify(api, { phone: freshPhone(), code: '123456' }, address)).status).toBe(429);
    const other = freshPhone();
    const asked = await requestCode(api, other, address);
    expect((await verify(api, { phone: other, ...asked }, address)).status).toBe(200);
  });

  test('[A8, A22] guesses while no code is live do not cost the number anything', async () => {
    const { api } = start();
    const phone = freshPhone();
    for (let i = 0; i < 15; i++) await api.post('/api/auth/verify-code', { phone, code: '123456' });
    const { code } = await requestCode(api, phone);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('[A11] the right code coming again within 30 s of its use is nobody’s guess', async () => {
    const { clock, api } = start({ ADDRESS_FAILURES_PER_HOUR: '1' });
    const phone = freshPhone();
    const address = freshNetwork();
    const { code } = await requestCode(api, phone, address);
    expect((await api.post('/api/auth/verify-code', { phone, code }, { address })).status).toBe(
      200,
    );
    for (const expected of [400, 400, 400]) {
      expect((await api.post('/api/auth/verify-code', { phone, code }, { address })).status).toBe(
        expected,
      );
    }
    clock.advance(31);
    for (let n = 0; n < 10; n++)
      expect((await verify(api, { phone, code }, address)).status).toBe(400);
    expect((await verify(api, { phone, code }, address)).status).toBe(429);
  });
});
