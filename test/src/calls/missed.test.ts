import { describe, expect, test } from 'vitest';
import { missedMessage } from '../../../src/calls/missed.ts';

describe('word of a missed call', () => {
  const named = (displayName: string, username = 'anna') => missedMessage({ displayName, username }, false).ru;

  test.each([
    [false, 'Пропущенный звонок от Анна', 'Missed call from Анна'],
    [true, 'Пропущенный видеозвонок от Анна', 'Missed video call from Анна'],
  ])('says who called and how (video: %s)', (video, ru, en) => {
    expect(missedMessage({ displayName: 'Анна', username: 'anna' }, video)).toEqual({ ru, en });
  });

  test('has the username of one without a name, and calls one without either a user', () => {
    expect(named('')).toBe('Пропущенный звонок от anna');
    expect(named(' \n')).toBe('Пропущенный звонок от anna');
    expect(missedMessage({ displayName: '', username: '' }, false)).toEqual({
      ru: 'Пропущенный звонок от пользователя AIST',
      en: 'Missed call from an AIST user',
    });
  });

  test.each([
    ['evil.example/now', 'evil. example/ now'],
    ['https://evil.example', 'https: / / evil. example'],
    ['see @evil_bot', 'see @ evil_bot'],
    ['t.me/evil', 't. me/ evil'],
    ['Анна\n\nВаш код: 1', 'Анна Ваш код: 1'],
    ['Анна\u202Eнна', 'Анна нна'],
    ['Dr. Ada', 'Dr. Ada'],
  ])('makes no link and no second line of the name %j', (name, shown) => {
    expect(named(name)).toBe(`Пропущенный звонок от ${shown}`);
  });
});
