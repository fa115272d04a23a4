import { expect } from 'vitest';
import * as z from 'zod';
import { Chat, Member } from '../../../src/contract/http/chats.ts';
import type { User } from '../calls/people.ts';
import type { Answer, Api } from '../client.ts';
import type { Person } from './chats.ts';
import { newPeople } from './chats.ts';

/** Two people who are signed in. */
export const twoPeople = async (): Promise<readonly [Person, Person]> => {
  const [one, other] = await newPeople(2);
  if (!one || !other) throw new Error('Nobody was made');
  return [one, other];
};

/** One person who is signed in. */
export const onePerson = async (): Promise<Person> => {
  const [person] = await newPeople(1);
  if (!person) throw new Error('Nobody was made');
  return person;
};

/** An answer that has to be a success. */
const bodyOf = async (request: Promise<Answer>, status = 200): Promise<unknown> => {
  const answer = await request;
  expect(answer.status, answer.text).toBe(status);
  return answer.body;
};

/** What somebody asks for about chats. */
export const chatsAs = (api: Api, { token }: Pick<Person, 'token'>) => ({
  list: async () => z.array(Chat()).parse(await bodyOf(api.send('GET', '/api/chats', { token }))),
  one: async (id: string) =>
    Chat().parse(await bodyOf(api.send('GET', `/api/chats/${id}`, { token }))),
  members: async (id: string) =>
    z
      .object({ members: z.array(Member()) })
      .parse(await bodyOf(api.send('GET', `/api/chats/${id}/members`, { token }))).members,
  create: (body: object) => api.post('/api/chats', body, { token }),
  made: async (body: object) =>
    Chat().parse(await bodyOf(api.post('/api/chats', body, { token }), 201)),
  change: (id: string, body: object) => api.send('PATCH', `/api/chats/${id}`, { token, body }),
  add: (id: string, ...members: readonly Pick<User, 'id'>[]) =>
    api.post(`/api/chats/${id}/members`, { members: members.map((one) => one.id) }, { token }),
  role: (id: string, member: Pick<User, 'id'>, role: string) =>
    api.send('PATCH', `/api/chats/${id}/members/${member.id}`, { token, body: { role } }),
  remove: (id: string, member: Pick<User, 'id'>) =>
    api.send('DELETE', `/api/chats/${id}/members/${member.id}`, { token }),
  join: (id: string) => api.post(`/api/chats/${id}/join`, {}, { token }),
});
