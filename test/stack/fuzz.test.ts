import { describe, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { anyToken } from '../support/qr.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const headers = {
  'X-Link-Secret': String(stack.settings.TELEGRAM_LINK_SECRET),
  'X-Telegram-Bot-Api-Secret-Token': String(stack.settings.TELEGRAM_WEBHOOK_SECRET),
};

/** Every field of every body, with a valid value, so that only the attacked field decides. */
const bodies = {
  'POST /api/auth/request-code': { phone: '+79991234567' },
  'POST /api/auth/verify-code': { phone: '+79991234567', code: '123456', requestId: 'x' },
  'POST /api/internal/link-telegram': { phone: '+79991234567', telegramChatId: 5 },
  'POST /api/auth/verify-link': { token: 'abcdefghijklmnopqrstuv' },
  'POST /api/auth/qr/confirm': { code: 'ABCDEF' },
  'POST /api/auth/qr/deny': { code: 'ABCDEF' },
  'POST /telegram/webhook': { update_id: 1 },
  'POST /api/profile/public-key': { publicKey: 'key' },
  'PATCH /api/profile': { username: 'somebody_else', displayName: 'Имя' },
  'POST /api/chats': {
    type: 'group',
    name: 'Аисты',
    photo: '',
    peerUsername: '@somebody',
    peerUserId: 'x',
    description: '',
    shareLink: '/c/x',
    admins: ['x'],
    moderators: ['x'],
    members: ['x'],
  },
  'PATCH /api/chats/x': { name: 'Аисты', description: '', photo: '' },
  'POST /api/chats/x/members': { members: ['x'] },
  'PATCH /api/chats/x/members/y': { role: 'admin' },
  'POST /api/chats/x/messages': {
    text: 'Привет!',
    clientId: 'x',
    attachment: { type: 'image', url: 'https://example.com/a.png' },
  },
  'PATCH /api/chats/x/messages/y': { text: 'Привет!' },
  'PUT /api/chats/x/read': { seq: 1 },
  'PUT /api/push/subscription': {
    endpoint: 'https://fcm.googleapis.com/x',
    keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) },
    publicKey: String(stack.settings.VAPID_PUBLIC_KEY),
  },
};

/** Hostile values, as raw JSON. */
const hostile = {
  'an object': '{"toString":1}',
  'an array': '["x"]',
  'a nested array': '[[[[{}]]]]',
  null: 'null',
  true: 'true',
  'a fraction': '1.5',
  'a huge number': '1e308',
  'U+0000': '"a\\u0000b"',
  'a lone surrogate': '"\\ud800"',
  'a prototype': '{"__proto__":{"phone":"+79991234567"}}',
};

/** Fields that may be missing: null counts as absence there [H4]. */
const OPTIONAL = [
  ...['requestId', 'username', 'displayName', 'text', 'clientId', 'attachment'],
  ...['type', 'name', 'photo', 'description', 'shareLink', 'admins', 'moderators', 'members'],
  ...['peerUsername', 'peerUserId'],
];

/** Fields that hold texts: an array of one is nothing hostile there. */
const ARRAYS = ['admins', 'moderators', 'members'];

/** Its body holds an attachment, so it may be longer [M13]. */
const HOLDS_FILES = 'POST /api/chats/x/messages';

const attacks = Object.entries(bodies).flatMap(([endpoint, body]) =>
  Object.keys(body).flatMap((field) =>
    Object.entries(hostile)
      .filter(([what]) => what !== 'null' || !OPTIONAL.includes(field))
      .filter(([what]) => what !== 'an array' || !ARRAYS.includes(field))
      .map(([what, value]) => ({ endpoint, field, what, raw: withField(body, field, value) })),
  ),
);

/** Writes the body as JSON, with the value of one field replaced by raw JSON. */
function withField(body: object, field: string, value: string): string {
  const fields = Object.entries(body).map(
    ([name, good]) => `${JSON.stringify(name)}:${name === field ? value : JSON.stringify(good)}`,
  );
  return `{${fields.join(',')}}`;
}

describe('hostile bodies', async () => {
  const token = await signIn(api);
  const send = (endpoint: string, body: string) => {
    const [method = '', path = ''] = endpoint.split(' ');
    return api.send(method, path, { body, headers, token });
  };

  test.each(attacks)(
    '[H6, H7] $endpoint with $what as $field is a clear 400',
    async ({ endpoint, raw }) => {
      const answer = await send(endpoint, raw);
      expect(answer.status, answer.text).toBe(400);
      expect(answer.body).toMatchObject({
        ok: false,
        message: expect.any(String),
        error: answer.body.message,
        code: expect.any(String),
      });
    },
  );

  test.each(Object.keys(bodies).filter((endpoint) => endpoint !== HOLDS_FILES))(
    '[H3] %s with a string of 1 MB is refused as too large',
    async (endpoint) => {
      const answer = await send(endpoint, JSON.stringify({ phone: 'x'.repeat(1_000_000) }));
      expect(answer.status).toBe(413);
      expect(answer.body).toMatchObject({ ok: false, code: 'body_too_large' });
    },
  );

  test.each(Object.entries(bodies))(
    '[H7] %s with strings as long as a body may be is never an error of the server',
    async (endpoint, body) => {
      const names = Object.keys(body);
      const long = '9'.repeat(90_000 / names.length);
      const answer = await send(
        endpoint,
        JSON.stringify(Object.fromEntries(names.map((name) => [name, long]))),
      );
      expect(answer.status).toBeLessThan(500);
    },
  );

  test.each(Object.entries(hostile))(
    '[H1] endpoints that read no body do not mind %s in its place',
    async (_, raw) => {
      for (const body of [raw, `{"token":${raw},"code":${raw},"userId":${raw}}`]) {
        const shown = await api.send('POST', '/api/auth/qr/request', { body });
        expect(shown.status, shown.text).toBe(200);
        const signedIn = await anyToken();
        const logout = await api.send('POST', '/api/auth/logout', { body, token: signedIn });
        expect([logout.status, logout.body]).toEqual([200, { ok: true }]);
        expect((await api.send('GET', '/api/sessions', { token: signedIn })).status).toBe(401);
      }
    },
  );

  test.each(['{', '{"phone":', 'null}', '\u0000', '{"phone":"\\x"}', '<xml/>'])(
    '[H2] %j, which is no JSON, is a clear 400',
    async (raw) => {
      const answer = await api.send('POST', '/api/auth/request-code', { body: raw });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'malformed_json' });
    },
  );

  test('[H7] hostile queries change nothing', async () => {
    for (const query of [
      '?code[toString]=1',
      '?phone=%00',
      '?__proto__[x]=1',
      `?${'a=1&'.repeat(2_000)}`,
    ]) {
      const answer = await api.post(
        `/api/auth/request-code${query}`,
        { phone: freshPhone() },
        { address: freshAddress() },
      );
      expect(answer.status).toBe(200);
    }
  });
});
