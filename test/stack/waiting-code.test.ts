import { decodeJwt } from 'jose';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { localApi, runningApi, settleRunningApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import {
  messageUpdate,
  ownContact,
  Person,
  postUpdate,
  registerWebhook,
} from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const redis = new ProxyControl(stack.redisProxy);

afterEach(() => redis.behave({ mode: 'pass' }));

beforeAll(registerWebhook);

/** Somebody who has asked for a code, which went nowhere. */
const somebodyWaiting = async () => {
  const anna = await new Person().introduce();
  const asked = await requestCode(api, anna.phone);
  await settleRunningApi();
  return { anna, asked };
};

const verify = (phone: string, code: string | undefined, requestId?: string) =>
  api.post('/api/auth/verify-code', { phone, code, requestId });

const codeIn = (text: string) => /код для входа в AIST: (\d{6})/.exec(text)?.[1];

describe('a code that was asked for before its number was linked', () => {
  test('[A51] is in the answer to the contact, signs in, and the one that went nowhere does not', async () => {
    const { anna, asked } = await somebodyWaiting();
    const said = await anna.share();
    expect(said).toMatch(/^Готово! Коды для номера .* теперь приходят сюда\.\n\nВаш код для входа/);
    const code = codeIn(said);
    expect((await verify(anna.phone, asked.code, asked.requestId)).status).toBe(400);
    const answer = await verify(anna.phone, code, asked.requestId);
    expect(answer.status, answer.text).toBe(200);
    // It is the code of the same request, so a lost answer can be had again [A11].
    const again = await verify(anna.phone, code, asked.requestId);
    expect(again.body.token).toBe(answer.body.token);
    expect(decodeJwt(String(answer.body.token)).userId).toEqual(expect.any(String));
  });

  test('[A51] is said once: who shares the contact again is not sent another', async () => {
    const { anna } = await somebodyWaiting();
    const code = codeIn(await anna.share());
    expect(codeIn(await anna.share())).toBeUndefined();
    expect((await verify(anna.phone, code)).status).toBe(200);
  });

  test('[A51] keeps the count of tries', async () => {
    const { anna, asked } = await somebodyWaiting();
    for (let tries = 1; tries < 5; tries += 1)
      expect((await verify(anna.phone, wrongCode(asked.code, tries))).status).toBe(400);
    const code = String(codeIn(await anna.share()));
    expect((await verify(anna.phone, wrongCode(code))).status).toBe(400);
    expect((await verify(anna.phone, code)).status).toBe(400);
  });

  test('[A51] lives for five minutes from when it is sent', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const anna = await new Person().introduce();
    await requestCode(local, anna.phone);
    await local.settle();
    clock.advance(290);
    await postUpdate(local, messageUpdate(anna.id, ownContact(anna.id, anna.phone)));
    clock.advance(299);
    const body = { phone: anna.phone, code: codeIn(await anna.last()) };
    expect((await local.post('/api/auth/verify-code', body)).status).toBe(200);
    await local.settle();
  });

  test('[A51] is not said to who links another number', async () => {
    const { anna, asked } = await somebodyWaiting();
    const boris = await new Person().introduce({ phone: freshPhone() });
    expect(await boris.share()).toMatch(/запросите код\.$/);
    expect(await boris.share({ phone: anna.phone, userId: null })).not.toContain('код для входа');
    expect((await verify(anna.phone, asked.code, asked.requestId)).status).toBe(200);
  });

  test('[A44, A51] that went to a chat is not replaced when the number comes to another', async () => {
    const { anna } = await somebodyWaiting();
    await anna.share();
    const boris = await new Person().introduce({ phone: anna.phone });
    expect(codeIn(await boris.share())).toBeUndefined();
  });

  test('[A15, A51] of a test number stays as it is', async () => {
    const { anna } = await somebodyWaiting();
    const local = localApi({ TEST_PHONES: `${anna.phone}=123456` });
    const { code } = await requestCode(local, anna.phone);
    const shared = messageUpdate(anna.id, ownContact(anna.id, anna.phone));
    expect((await postUpdate(local, shared)).status).toBe(200);
    expect(await anna.last()).toMatch(/запросите код\.$/);
    expect((await local.post('/api/auth/verify-code', { phone: anna.phone, code })).status).toBe(
      200,
    );
    await local.settle();
  });

  test('[A51] is asked for anew when Redis fails, and the number is linked all the same', async () => {
    const { anna } = await somebodyWaiting();
    await redis.behave({ mode: 'dead', only: 'replace-code' });
    expect(await anna.share()).toMatch(/запросите код\.$/);
  });
});
