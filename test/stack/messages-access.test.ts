import { describe, expect, test } from 'vitest';
import { messagesAs, newGroup, newPeople, sql } from '../support/chats/chats.ts';
import type { Answer } from '../support/client.ts';
import { localApi, runningApi } from '../support/client.ts';
import { expectError } from '../support/error-envelope.ts';
import { signIn } from '../support/sign-in.ts';

const api = runningApi();

type Request = (as: ReturnType<typeof messagesAs>, id: string) => Promise<Answer>;

/** Every route of messages; the message is of the member `writer`. */
const ROUTES: Readonly<Record<string, Request>> = {
  'POST messages': (as) => as.send({ text: 'Раз' }),
  'GET messages': (as) => as.list(),
  'GET messages by pages': (as) => as.list('?limit=10'),
  'GET one message': (as, id) => as.get(id),
  'PATCH a message': (as, id) => as.edit(id, { text: 'Иначе' }),
  'DELETE a message': (as, id) => as.remove(id),
  'PUT a mark': (as) => as.read(1),
};

/** Who asks, and what each route answers them in a group and in a channel. */
const TABLE: readonly (readonly [who: string, type: string, statuses: readonly number[]])[] = [
  ['the writer', 'group', [201, 200, 200, 200, 200, 200, 200]],
  ['a member', 'group', [201, 200, 200, 200, 403, 403, 200]],
  ['an admin', 'group', [201, 200, 200, 200, 403, 200, 200]],
  ['a stranger', 'group', [404, 404, 404, 404, 404, 404, 404]],
  ['nobody', 'group', [401, 401, 401, 401, 401, 401, 401]],
  ['a revoked session', 'group', [401, 401, 401, 401, 401, 401, 401]],
  ['the writer', 'channel', [403, 200, 200, 200, 403, 200, 200]],
  ['a member', 'channel', [403, 200, 200, 200, 403, 403, 200]],
  ['an admin', 'channel', [201, 200, 200, 200, 403, 200, 200]],
  ['a stranger', 'channel', [404, 404, 404, 404, 404, 404, 404]],
];

const cases = TABLE.flatMap(([who, type, statuses]) =>
  Object.keys(ROUTES).map((route, index) => ({ who, type, route, status: statuses[index] })),
);

/** A chat with a message, and the tokens of all who may ask. */
const newScene = async (type: string) => {
  const { people, chat } = await newGroup(3, { type });
  const [admin, writer, member] = people;
  const [stranger] = await newPeople(1);
  if (!admin || !writer || !member || !stranger) throw new Error('Nobody was made');
  const id = crypto.randomUUID();
  await sql`insert into messages (id, chat_id, sender_id, text, seq, version)
    values (${id}, ${chat}, ${writer.id}, 'Раз', 1, 1)`;
  await sql`update chats set last_seq = 1, version = 1 where id = ${chat}`;
  const tokens = new Map([
    ['the writer', writer.token],
    ['a member', member.token],
    ['an admin', admin.token],
    ['a stranger', stranger.token],
  ]);
  return { admin, chat, id, tokens };
};

/** A member of a chat whose session has ended. */
const revokedMember = async (chat: string): Promise<string> => {
  const token = await signIn(api);
  const { body } = await api.send('GET', '/api/profile', { token });
  await sql`insert into chat_members (chat_id, user_id) values (${chat}, ${body.userId})`;
  await api.post('/api/auth/logout', {}, { token });
  return token;
};

const stateOf = (chat: string) => sql`
  select version, (select json_agg(messages order by seq) from messages where chat_id = chats.id),
    (select json_agg(chat_members order by user_id) from chat_members where chat_id = chats.id)
  from chats where id = ${chat}`;

describe('who may do what with messages', () => {
  test.each(cases)(
    '[M14, M31, M34] $route as $who of a $type is $status',
    async ({ who, type, route, status }) => {
      const { chat, id, tokens } = await newScene(type);
      const token = who === 'a revoked session' ? await revokedMember(chat) : tokens.get(who);
      const asked = ROUTES[route];
      const before = await stateOf(chat);
      const answer = await asked?.(messagesAs(api, { token }, chat), id);
      expect(answer?.status).toBe(status);
      if (Number(status) >= 400) expect(await stateOf(chat)).toEqual(before);
    },
  );

  test('[M5] a session that has ended moves no mark, also where nobody has heard of its end', async () => {
    const { chat } = await newScene('group');
    const token = await revokedMember(chat);
    const before = await stateOf(chat);
    const local = localApi();
    expect((await messagesAs(local, { token }, chat).list()).status).toBe(401);
    await local.settle();
    expect(await stateOf(chat)).toEqual(before);
  });

  test('[M1, M34] a chat of others and one that does not exist cannot be told apart', async () => {
    const { chat, id, tokens } = await newScene('group');
    const stranger = { token: tokens.get('a stranger') };
    for (const request of Object.values(ROUTES)) {
      for (const one of [chat, crypto.randomUUID()]) {
        const answer = await request(messagesAs(api, stranger, one), id);
        expectError(answer, [404, 'chat_not_found', 'Chat not found']);
      }
    }
  });

  test.each(['%00', 'a%2Fb', '..', 'ё', 'a'.repeat(65), '%', "'; drop table chats; --"])(
    '[H7, M34] %s is no chat',
    async (chat) => {
      const [person] = await newPeople(1);
      if (!person) throw new Error('Nobody was made');
      for (const request of Object.values(ROUTES)) {
        expect((await request(messagesAs(api, person, chat), 'x')).status).toBe(404);
      }
    },
  );
});
