import { describe, expect, test } from 'vitest';
import { ERRORS, isErrorCode } from '../../../src/contract/errors.ts';
import { messageOf } from '../../../src/platform/messages.ts';

describe('errors', () => {
  test.each([
    ['invalid_phone', 400, 'Некорректный номер'],
    ['invalid_code_format', 400, 'Неверный код или формат'],
    ['wrong_code', 400, 'Неверный код или он истёк'],
    ['no_token', 401, 'No token'],
    ['invalid_token', 401, 'Invalid token'],
    ['forbidden', 403, 'Forbidden'],
    ['link_fields_required', 400, 'phone and telegramChatId required'],
    ['sms_unavailable', 503, 'SMS временно недоступен'],
    ['user_not_found', 404, 'User not found'],
    ['username_too_short', 400, 'Никнейм не менее 2 символов'],
    ['username_reserved', 400, 'Это имя зарезервировано'],
    ['username_taken', 409, 'Никнейм уже занят'],
  ] as const)('[H11] %s is %i with the words of the legacy server', (code, status, message) => {
    expect(ERRORS[code].status).toBe(status);
    expect(messageOf(code, undefined)).toBe(message);
  });

  test.each(Object.entries(ERRORS))(
    '[H10] %s has a sentence in English without a Russian letter',
    (_, { text }) => {
      expect(text.en).toMatch(/^[\x20-\x7E]{5,}$/);
    },
  );

  test.each(Object.entries(ERRORS))('[H10] %s has a sentence in Russian', (_, { text }) => {
    expect(text.ru).toMatch(/[а-яё]{3}/i);
  });

  test.each(['toString', '__proto__', 'constructor', 'hasOwnProperty', '', 'INVALID_PHONE'])(
    '%j is the code of no error',
    (name) => {
      expect(isErrorCode(name)).toBe(false);
    },
  );
});
