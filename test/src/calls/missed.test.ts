import { describe, expect, test } from 'vitest';
import { composeMissedMessage } from '../../../src/calls/missed.ts';

const UNSEEN = [
  ...['\u3164', '\u2800', '\u115F\u1160', '\uFFA0', '\u200B\u200D', '\u202E', '\uFE0F', '\u00AD'],
  ...['\u{E0041}', '\u{1D159}', '\u034F', ' \u3164 \u2800\n', '\u17B4', '\u180B\u180E'],
];

describe('the message about a missed call', () => {
  const named = (displayName: string, username = 'anna') =>
    composeMissedMessage({ displayName, username }, false).ru;

  test.each([
    [false, 'Пропущенный звонок от Анна', 'Missed call from Анна'],
    [true, 'Пропущенный видеозвонок от Анна', 'Missed video call from Анна'],
  ])('[C6] the message says who called and how (video: %s)', (video, ru, en) => {
    expect(composeMissedMessage({ displayName: 'Анна', username: 'anna' }, video)).toEqual({
      ru,
      en,
    });
  });

  test('[C6] a caller without a name has their username, or is called a user', () => {
    expect(named('')).toBe('Пропущенный звонок от anna');
    expect(named(' \n')).toBe('Пропущенный звонок от anna');
    expect(composeMissedMessage({ displayName: '', username: '' }, false)).toEqual({
      ru: 'Пропущенный звонок от пользователя AIST',
      en: 'Missed call from an AIST user',
    });
  });

  test.each([
    ['Анна\n\nВаш код: 1', 'Анна Ваш код: 1'],
    ['Анна\u202Eнна', 'Аннанна'],
    ['\u200Fأحمد\u200E', 'أحمد'],
    ['\u2068Анна\u2069\u061C', 'Анна'],
    ['Ан\u200Bна\uFEFF', 'Анна'],
    ['Анна\u3164\u2800Ивановна', 'Анна Ивановна'],
    ['a\u200D\u200D\u200Db', 'ab'],
    ['\u200Dа\u200C', 'а'],
    ['\u{1F3F4}\u{E0067}\u{E0062}', '\u{1F3F4}'],
    ['Анна\u{E0041}\u{E007F}', 'Анна'],
    ['а'.repeat(5_000), 'а'.repeat(64)],
  ])('[C6, A47] the name %j makes no second line, nor anything that nobody sees', (name, shown) => {
    expect(named(name)).toBe(`Пропущенный звонок от ${shown}`);
  });

  test.each([
    ['Sinhala', 'ශ්\u200Dරී'],
    ['Persian', 'علی\u200Cرضا'],
    ['Hindi', 'शक्\u200Dति'],
    ['Malayalam', 'അവന്\u200D'],
    ['Bengali', 'র\u200D্য'],
    ['Mongolian', 'ᠠᠨ\u180Eᠠ'],
    ['a family', '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}'],
    ['an astronaut', '\u{1F469}\u{1F3FD}\u200D\u{1F680}'],
    ['a rainbow flag', '\u{1F3F3}\uFE0F\u200D\u{1F308}'],
    ['who walks to the right', '\u{1F6B6}\u{1F3FC}\u200D♀\uFE0F\u200D➡\uFE0F'],
    ['Scotland', '\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'],
    ['Russia', '\u{1F1F7}\u{1F1FA}'],
    ['a name with dots', 'J.R.R. Tolkien'],
  ])('[C6] the message has the whole name: %s', (_, name) => {
    expect(named(name)).toBe(`Пропущенный звонок от ${name}`);
  });

  test.each(UNSEEN)('[C6] a caller with a name that nobody sees has their username: %j', (name) => {
    expect(named(name)).toBe('Пропущенный звонок от anna');
  });
});
