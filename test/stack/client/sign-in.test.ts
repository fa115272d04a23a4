import { afterEach, describe, expect, test } from 'vitest';
import { signIn } from '../../../client/src/sign-in.ts';
import { freshPhone } from '../../support/fresh.ts';
import { wrongCode } from '../../support/sign-in.ts';
import { closeTabs, openTab } from './tabs.ts';

afterEach(closeTabs);

const codeOf = (step: object): string => String(Reflect.get(step, 'debugCode'));

describe('a sign-in by a client', () => {
  test('A number, then its code, and the person is signed in', async () => {
    const tab = openTab();
    const phone = freshPhone();
    const { step, phone: ask, code } = signIn(tab);
    expect(step.get()).toEqual({ step: 'phone', busy: false });
    await ask(phone);
    expect(step.get()).toMatchObject({
      step: 'code',
      masked: `${phone.slice(0, 4)}***${phone.slice(-2)}`,
    });
    await code(codeOf(step.get()));
    expect(step.get()).toEqual({ step: 'done' });
    expect(tab.session.get()).toMatchObject({ state: 'signed_in' });
    expect((await tab.request('getProfile')).phone).toBe(phone);
  });

  test('A wrong number and a wrong code say so at their step, and can be corrected', async () => {
    const tab = openTab();
    const { step, phone: ask, code } = signIn(tab);
    await ask('123');
    expect(step.get()).toMatchObject({
      step: 'phone',
      busy: false,
      error: { code: 'invalid_phone' },
    });
    await ask(freshPhone());
    const right = codeOf(step.get());
    await code(wrongCode(right));
    expect(step.get()).toMatchObject({ step: 'code', busy: false, error: { code: 'wrong_code' } });
    await code(right);
    expect(step.get()).toEqual({ step: 'done' });
  });

  test('Another code before its time is refused until a time that the step says', async () => {
    const tab = openTab();
    const { step, phone: ask, again } = signIn(tab);
    await ask(freshPhone());
    await again();
    const shown = step.get();
    expect(shown).toMatchObject({ step: 'code', error: { code: 'too_many_requests' } });
    expect(Reflect.get(shown, 'resendAt')).toBeGreaterThan(Date.now());
  });

  test('Whoever goes back to the number is not signed in by what was under way', async () => {
    const tab = openTab();
    const { step, phone: ask, code, back } = signIn(tab);
    await ask(freshPhone());
    const underWay = code(codeOf(step.get()));
    back();
    await underWay;
    expect(step.get()).toEqual({ step: 'phone', busy: false });
    expect(tab.session.get()).toEqual({ state: 'signed_out', why: 'new' });
  });
});
