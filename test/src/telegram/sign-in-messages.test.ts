import { describe, expect, test } from 'vitest';
import {
  alertMessage,
  codeMessage,
  linkMessage,
  noCodeMessage,
} from '../../../src/telegram/sign-in-messages.ts';

const DEVICE = { browser: 'Chrome', system: 'Windows', city: 'Казань', country: 'RU' };
const AT = Date.UTC(2026, 10, 22, 21, 30);

describe('the message about a sign-in', () => {
  test('[A40] it says with what, where and when, in both languages and Moscow’s time', () => {
    const { ru, en } = alertMessage(DEVICE, AT);
    expect(ru.split('\n').slice(0, 3)).toEqual([
      'Новый вход в ваш аккаунт AIST:',
      'Chrome, Windows · Казань, Россия',
      '23 нояб. 2026 г., 00:30 (МСК)',
    ]);
    expect(en.split('\n').slice(0, 3)).toEqual([
      'New sign-in to your AIST account:',
      'Chrome, Windows · Казань, Russia',
      'Nov 23, 2026, 12:30 AM (Moscow time)',
    ]);
  });

  test.each([
    [{ city: '', country: '' }, 'Chrome, Windows'],
    [{ city: '', country: 'XX' }, 'Chrome, Windows'],
    [{ city: '', country: 'RU' }, 'Chrome, Windows · Россия'],
    [{ city: 'Казань', country: '' }, 'Chrome, Windows · Казань'],
    [{ browser: '', system: '', city: '', country: '' }, 'неизвестное устройство'],
    [{ browser: '', city: '', country: '' }, 'Windows'],
  ])('[A40] it says what is known of %j', (known, line) => {
    expect(alertMessage({ ...DEVICE, ...known }, AT).ru.split('\n')[1]).toBe(line);
  });
});

test('[A16] the message with the code is, in Russian, that of the rule to the letter', () => {
  expect(codeMessage('123456').ru).toBe(
    'Ваш код для входа в AIST: 123456\n\nКод действителен 5 минут. Никому не сообщайте код.',
  );
});

test('[A16, A24] every message has its facts in both languages', () => {
  for (const text of Object.values(codeMessage('123456'))) expect(text).toContain('123456');
  for (const text of Object.values(linkMessage('https://app.example/sign-in#x'))) {
    expect(text).toContain('\nhttps://app.example/sign-in#x\n');
  }
  expect(noCodeMessage(7_200).ru).toContain('через 120 мин.');
  expect(noCodeMessage(7_200).en).toContain('in 120 min.');
});
