import { describe, expect, test } from 'vitest';
import { formatWait, messageOf } from '../../../src/platform/messages.ts';

describe('the wait in a message', () => {
  test.each([
    [1, '1 сек.', '1 s'],
    [59.2, '60 сек.', '60 s'],
    [120, '120 сек.', '120 s'],
    [121, '3 мин.', '3 min'],
    [300, '5 мин.', '5 min'],
    [7_200, '120 мин.', '120 min'],
    [7_201, '3 ч.', '3 h'],
    [86_400, '24 ч.', '24 h'],
  ])('[H12] %d seconds are %s, in English %s', (seconds, russian, english) => {
    expect(formatWait(seconds, 'ru')).toBe(russian);
    expect(formatWait(seconds, 'en')).toBe(english);
  });
});

describe('the message of an error', () => {
  test('[H12] the message says how long to wait', () => {
    expect(messageOf('too_many_requests', 'ru', 300)).toBe(
      'Слишком много попыток. Повторите через 5 мин.',
    );
    expect(messageOf('too_many_requests', 'en', 300)).toBe('Too many attempts. Try again in 5 min');
  });

  test('[H11] the message is the same for legacy clients whatever the wait', () => {
    expect(messageOf('wrong_code', 'ru', 300)).toBe('Неверный код или он истёк');
  });
});
