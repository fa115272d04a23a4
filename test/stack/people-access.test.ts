import { describe, expect, test } from 'vitest';
import type { Person } from '../support/chats/chats.ts';
import type { Answer } from '../support/client.ts';
import { runningApi } from '../support/client.ts';
import { newTwo } from '../support/people.ts';
import { signIn } from '../support/sign-in.ts';

const api = runningApi();

interface Route {
  readonly method: string;
  /** The path, with the id of whom it is about. */
  readonly path: (id: string) => string;
  readonly body?: object;
  /** What is answered about somebody else, and about oneself. */
  readonly other: number;
  readonly self: number;
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: (id) => `/api/users/search?q=${id}`, other: 200, self: 200 },
  { method: 'GET', path: (id) => `/api/users/${id}/public-key`, other: 200, self: 200 },
  {
    method: 'POST',
    path: () => '/api/profile/public-key',
    body: { publicKey: 'key' },
    other: 200,
    self: 200,
  },
  { method: 'PUT', path: (id) => `/api/users/${id}/block`, other: 200, self: 404 },
  { method: 'DELETE', path: (id) => `/api/users/${id}/block`, other: 200, self: 200 },
  { method: 'GET', path: () => '/api/users/blocked', other: 200, self: 200 },
];

const ask = ({ method, path, body }: Route, { id }: Pick<Person, 'id'>, token?: string) =>
  api.send(method, path(id), { ...(body && { body }), ...(token !== undefined && { token }) });

const outcomeOf = ({ status, body }: Answer) => [status, body.error];

describe.each(ROUTES)('$method, about other people', (route) => {
  const name = `${route.method} ${route.path(':id')}`;

  test(`[M1] ${name} wants somebody who is signed in`, async () => {
    const [anna] = await newTwo();
    expect(outcomeOf(await ask(route, anna))).toEqual([401, 'No token']);
    expect(outcomeOf(await ask(route, anna, 'x.y.z'))).toEqual([401, 'Invalid token']);
  });

  test(`[A35, M1] ${name} refuses a session that was revoked`, async () => {
    const [anna] = await newTwo();
    const token = await signIn(api);
    expect((await ask(route, anna, token)).status).toBe(route.other);
    await api.send('POST', '/api/auth/logout', { token });
    expect(outcomeOf(await ask(route, anna, token))).toEqual([401, 'Invalid token']);
  });

  test(`[M1, M44] ${name} answers about others and about oneself`, async () => {
    const [anna, boris] = await newTwo();
    expect((await ask(route, boris, anna.token)).status).toBe(route.other);
    expect((await ask(route, anna, anna.token)).status).toBe(route.self);
  });
});
