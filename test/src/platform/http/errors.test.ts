import { describe, expect, test } from 'vitest';
import { createShell } from '../../../../src/app.ts';
import { ApiError, StoreError } from '../../../../src/platform/errors.ts';

const shell = createShell([]);
shell.get('/bug', () => {
  throw new TypeError('the password is 12345');
});
shell.get('/store', () => {
  throw new StoreError('redis', 'verify-code', new Error('EVAL … +79991234567'));
});
shell.get('/limit', () => {
  throw new ApiError('too_many_requests', 17);
});

describe('what a handler throws', () => {
  test.each([
    ['/bug', 500, 'internal', 'Внутренняя ошибка сервера', undefined],
    ['/store', 503, 'unavailable', 'Сервис временно недоступен. Повторите через 5 сек.', 5],
    ['/limit', 429, 'too_many_requests', 'Слишком много попыток. Повторите через 17 сек.', 17],
  ])(
    '[H7, H8] it is answered in the envelope, and nothing of it leaks: %s',
    async (path, status, code, message, wait) => {
      const answer = await shell.request(path);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('Retry-After')).toBe(wait === undefined ? null : String(wait));
      expect(await answer.json()).toEqual({
        ok: false,
        message,
        error: message,
        code,
        requestId: answer.headers.get('X-Request-Id'),
        ...(wait !== undefined && { retryAfterSeconds: wait }),
      });
    },
  );
});
