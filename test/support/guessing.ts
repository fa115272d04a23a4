import { expect } from 'vitest';
import type { Api } from './client.ts';
import { localApi, TestClock } from './client.ts';
import { freshPhone } from './fresh.ts';
import { requestCode, wrongCode } from './sign-in.ts';

/** Asks whether a code is right. */
export const verify = (api: Api, body: object, address: string) =>
  api.post('/api/auth/verify-code', body, { address });

/** Guesses at live codes, of as many numbers as it takes. */
export const guessWrong = async (api: Api, count: number, address: string) => {
  for (let left = count; left > 0; left -= 4) {
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    for (let i = 0; i < Math.min(4, left); i++) {
      const answer = await verify(api, { phone, code: wrongCode(code) }, address);
      expect(answer.body).toMatchObject({ code: 'wrong_code' });
    }
  }
};

/** Guesses while no code lives. */
export const guessAtNothing = async (api: Api, count: number, address: string) => {
  const guess = () => verify(api, { phone: freshPhone(), code: '123456' }, address);
  for (let left = count; left > 0; left -= 10) {
    const answers = await Promise.all(Array.from({ length: Math.min(10, left) }, guess));
    for (const { body } of answers) expect(body).toMatchObject({ code: 'wrong_code' });
  }
};

/** The app in this process, with a clock of its own. */
export const start = (settings: Record<string, string> = {}) => {
  const clock = new TestClock();
  return { clock, api: localApi(settings, clock.now) };
};
