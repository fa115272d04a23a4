import { expect, test } from 'vitest';
import * as z from 'zod';
import { runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { freshChat, link, messagesOf, signIn } from '../support/sign-in.ts';

const api = runningApi();
const Parameter = z.object({ name: z.string(), in: z.string(), example: z.string().optional() });
const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z.array(Parameter),
        requestBody: z
          .object({ content: z.object({ 'application/json': z.object({ example: z.unknown() }) }) })
          .optional(),
        responses: z.record(z.string(), z.unknown()),
      }),
    ),
  ),
});

/** What each example says that it does. */
const ENDS_SESSIONS = ['post /api/auth/logout', 'delete /api/sessions'];

test('who tries every example of /docs, signed in, has changed nothing', async () => {
  const { paths } = Document.parse((await api.send('GET', '/openapi.json')).body);
  const phone = freshPhone();
  const chat = freshChat();
  await link(api, phone, chat);
  const token = await signIn(api, phone);
  await api.send('PATCH', '/api/profile', { token, body: { displayName: 'Имя' } });
  const state = async () => {
    const profile = await api.send('GET', '/api/profile', { token });
    const { sessions } = (await api.send('GET', '/api/sessions', { token })).body;
    const { calls } = (await api.send('GET', '/api/calls', { token })).body;
    const ids = z.array(z.object({ id: z.string() })).parse(sessions);
    const chats = (await api.send('GET', '/api/chats', { token })).body;
    return [profile.body, ids, calls, chats, (await messagesOf(chat, 2)).length];
  };
  const before = await state();
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, { parameters, requestBody, responses }] of Object.entries(item)) {
      if (ENDS_SESSIONS.includes(`${method} ${path}`)) continue;
      const value = (name: string) => parameters.find((one) => one.name === name)?.example ?? '';
      const query = parameters.filter((one) => one.in === 'query' && one.example !== undefined);
      const search = new URLSearchParams(query.map(({ name }) => [name, value(name)]));
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => value(name));
      const body = requestBody?.content['application/json'].example;
      const answer = await api.send(method.toUpperCase(), `${filled}?${search}`, { token, body });
      expect(Object.keys(responses), `${method} ${path}`).toContain(String(answer.status));
      expect(answer.body.code, `${method} ${path}`).not.toBe('invalid_field');
    }
  }
  expect(await state()).toEqual(before);
});
