import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPushService, readPushEndpoint } from '../../../src/platform/push-services.ts';

const SERVICES = ['fcm.googleapis.com', 'notify.windows.com', 'http://127.0.0.1:4000'];

describe('[P3] where pushes may be posted', () => {
  test.each([
    ['https://fcm.googleapis.com/fcm/send/abc:def', undefined],
    ['https://wns2-db5p.notify.windows.com/w/?token=x%2by', undefined],
    ['HTTPS://FCM.googleapis.com:443/x', 'https://fcm.googleapis.com/x'],
    ['http://127.0.0.1:4000/push/1', undefined],
  ])('%s is one', (endpoint, kept = endpoint) => {
    expect(readPushEndpoint(SERVICES, endpoint)).toBe(kept);
  });

  test.each([
    'http://fcm.googleapis.com/x',
    'https://127.0.0.1:4000/x',
    'http://127.0.0.1:4001/x',
    'http://127.0.0.1:4000@evil.example/x',
    'http://127.0.0.1:4000.evil.example/x',
    'https://windows.com/x',
    'https://notify.windows.com.evil.example/x',
    'https://xnotify.windows.com/x',
    'https://fcm.googleapis.com%00.evil.example/x',
    'https://fcm.googleapis.com:80/x',
    'https://fcm.googleapis.com?@evil.example/x#y',
    '//fcm.googleapis.com/x',
    '',
  ])('%s is none', (endpoint) => {
    expect(readPushEndpoint(SERVICES, endpoint)).toBeUndefined();
  });

  test('whatever is kept leads to one of the services, and is kept again as it is', () => {
    const hosts = fc.constantFrom(...SERVICES, 'evil.example', '127.0.0.1', '[::1]', 'a.b');
    const parts = fc.constantFrom('https://', 'http://', '@', ':', '.', '/', '\\', '#', '?', ' ');
    const texts = fc.array(fc.oneof(hosts, parts, fc.string({ maxLength: 3 })), { maxLength: 8 });
    fc.assert(
      fc.property(texts, (pieces) => {
        const kept = readPushEndpoint(SERVICES, pieces.join(''));
        if (kept === undefined) return;
        const { origin, hostname, protocol } = new URL(kept);
        const isBelow = SERVICES.some((one) => `.${hostname}`.endsWith(`.${one}`));
        expect(origin === SERVICES[2] || (protocol === 'https:' && isBelow)).toBe(true);
        expect(readPushEndpoint(SERVICES, kept)).toBe(kept);
      }),
      { numRuns: 3_000 },
    );
  });
});

test.each([
  ['fcm.googleapis.com', true],
  ['http://127.0.0.1:8791', true],
  ['localhost', false],
  ['127.0.0.1', false],
  ['10.0.0.1', false],
  ['com', false],
  ['.googleapis.com', false],
  ['*.googleapis.com', false],
  ['https://fcm.googleapis.com', false],
  ['http://10.0.0.1:80', false],
  ['http://fcm.googleapis.com', false],
  ['FCM.googleapis.com', false],
])('[P3] %s names a push service in the settings: %s', (service, isOne) => {
  expect(isPushService(service)).toBe(isOne);
});
