import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Person } from '../support/chats/chats.ts';
import { newChat, newPeople } from '../support/chats/chats.ts';
import { stateOf } from '../support/chats/groups.ts';
import { onePerson } from '../support/chats/people.ts';
import { runningApi } from '../support/client.ts';
import { signIn } from '../support/sign-in.ts';

const api = runningApi();

interface Scene {
  readonly id: string;
  /** Somebody who is in the chat, and whom the others act upon. */
  readonly target: Person;
  /** Somebody who is not in it. */
  readonly stranger: Person;
}

type Request = (
  scene: Scene,
  self: string,
) => readonly [method: string, path: string, body?: object];

const ROUTES: Readonly<Record<string, Request>> = {
  'reads it': ({ id }) => ['GET', `/api/chats/${id}`],
  'changes it': ({ id }) => ['PATCH', `/api/chats/${id}`, { name: 'Журавли' }],
  'lists its members': ({ id }) => ['GET', `/api/chats/${id}/members`],
  'adds somebody': ({ id, stranger }) => [
    ...(['POST', `/api/chats/${id}/members`] as const),
    { members: [stranger.id] },
  ],
  'gives a role': ({ id, target }) => [
    ...(['PATCH', `/api/chats/${id}/members/${target.id}`] as const),
    { role: 'admin' },
  ],
  'takes somebody out': ({ id, target }) => ['DELETE', `/api/chats/${id}/members/${target.id}`],
  leaves: ({ id }, self) => ['DELETE', `/api/chats/${id}/members/${self}`],
  joins: ({ id }) => ['POST', `/api/chats/${id}/join`, {}],
};

/** What an admin, a member and somebody else are answered. */
type Statuses = readonly [admin: number, member: number, other: number];

const EXPECTED: Readonly<Record<string, Readonly<Record<string, Statuses>>>> = {
  group: {
    'reads it': [200, 200, 404],
    'changes it': [200, 403, 404],
    'lists its members': [200, 200, 404],
    'adds somebody': [200, 403, 404],
    'gives a role': [200, 403, 404],
    'takes somebody out': [200, 403, 404],
    leaves: [200, 200, 404],
    joins: [200, 200, 404],
  },
  channel: {
    'reads it': [200, 200, 404],
    'changes it': [200, 403, 404],
    'lists its members': [200, 403, 404],
    'adds somebody': [200, 403, 404],
    'gives a role': [200, 403, 404],
    'takes somebody out': [200, 403, 404],
    leaves: [200, 200, 404],
    joins: [200, 200, 200],
  },
  // Legacy rows may have roles in personal chats as well, and they count for nothing.
  user: {
    'reads it': [200, 200, 404],
    'changes it': [403, 403, 404],
    'lists its members': [200, 200, 404],
    'adds somebody': [403, 403, 404],
    'gives a role': [403, 403, 404],
    'takes somebody out': [403, 403, 404],
    leaves: [403, 403, 404],
    joins: [200, 200, 404],
  },
};

const CODES: Readonly<Record<number, object>> = {
  401: { code: 'invalid_token', error: 'Invalid token' },
  403: { code: 'not_allowed_in_chat', error: 'Недостаточно прав в этом чате' },
  404: { code: 'chat_not_found', error: 'Chat not found' },
};

const revoked = await (async () => {
  const token = await signIn(api);
  await api.post('/api/auth/logout', {}, { token });
  return { token, id: String(decodeJwt(token).userId) };
})();

const cases = Object.entries(EXPECTED).flatMap(([type, routes]) =>
  Object.entries(routes).map(([what, statuses]) => ({ type, what, statuses })),
);

describe('who may do what in a chat', () => {
  test.each(cases)(
    '[M30, M31, M34] who $what in a chat of the type $type',
    async ({ type, what, statuses }) => {
      const [admin, member, target, stranger] = (await newPeople(4)) as [
        ...[Person, Person, Person, Person],
      ];
      const other = await onePerson();
      const ended = { ...other, ...revoked };
      const members = [[admin, { role: 'admin' }], [member, { role: 'member' }], target] as const;
      const id = await newChat({ type, name: 'Аисты' }, [...members, [ended, { role: 'admin' }]]);
      const [forAdmin, forMember, forOther] = statuses;
      const asked = [
        { who: 'nobody', token: undefined, self: other.id, status: 401 },
        { who: 'a revoked session', token: revoked.token, self: revoked.id, status: 401 },
        { who: 'a stranger', token: other.token, self: other.id, status: forOther },
        { who: 'a member', token: member.token, self: member.id, status: forMember },
        { who: 'an admin', token: admin.token, self: admin.id, status: forAdmin },
      ];
      for (const { who, token, self, status } of asked) {
        const before = await stateOf(id);
        const [method, path, body] = ROUTES[what]?.({ id, target, stranger }, self) ?? ['', ''];
        const answer = await api.send(method, path, { ...(token && { token }), body });
        expect(answer.status, `${who}: ${answer.text}`).toBe(status);
        if (status < 300) continue;
        if (token) expect(answer.body, who).toMatchObject(CODES[status] ?? {});
        else expect(answer.body).toMatchObject({ code: 'no_token', error: 'No token' });
        expect(await stateOf(id), who).toEqual(before);
      }
    },
  );

  test.each(Object.entries(ROUTES).filter(([what]) => what !== 'leaves'))(
    '[M34] who %s in a chat that nobody has, or of which all members are gone, hears the same',
    async (_, requestOf) => {
      const [target, stranger] = (await newPeople(2)) as [Person, Person];
      const empty = await newChat({ type: 'group', name: 'Аисты' }, []);
      for (const id of [crypto.randomUUID(), empty, 'y'.repeat(64), `-${'_'.repeat(9)}`]) {
        const [method, path, body] = requestOf({ id, target, stranger }, target.id);
        const answer = await api.send(method, path, { token: target.token, body });
        expect(answer).toMatchObject({ status: 404, body: { error: 'Chat not found' } });
      }
    },
  );

  test.each(['%00', '%2F', 'a b', 'ё', '%F0%9F%A7%BF', 'y'.repeat(65), "'--"])(
    '[H7, M34] %s is the id of no chat',
    async (id) => {
      const { token } = await onePerson();
      const answer = await api.send('GET', `/api/chats/${id}`, { token });
      expect(answer).toMatchObject({ status: 404, body: { code: 'chat_not_found' } });
      const member = await api.send('DELETE', `/api/chats/x/members/${id}`, { token });
      expect(member).toMatchObject({ status: 404, body: { code: 'peer_not_found' } });
    },
  );
});
