import { expect } from 'vitest';
import type { Person } from '../../support/chats/chats.ts';
import type { Answer, Api } from '../../support/client.ts';
import { feedOf, newPersonalChats, newTwo, peopleAs } from '../../support/people.ts';
import type { Needy } from './steps.ts';
import { ok } from './steps.ts';

interface Scene {
  readonly anna: Person;
  readonly boris: Person;
}

/** What is true of two people who share a chat, before a request and after it. */
const stateOf = async ({ anna, boris }: Scene, api: Api) => ({
  blocked: await peopleAs(api, anna).blocked(),
  key: (await ok(peopleAs(api, boris).keyOf(anna.id))).publicKey,
  told: (await feedOf(boris.id)).length,
});

const UNTOUCHED = { blocked: [], key: null, told: 0 };

/** A request of one of them, and what is true after it. */
const step = (
  send: (scene: Scene, api: Api) => Promise<Answer>,
  done: Partial<Record<keyof typeof UNTOUCHED, unknown>> = {},
): Needy => ({
  stores: ['redis', 'database'],
  prepare: async () => {
    const [anna, boris] = await newTwo();
    const scene = { anna, boris };
    await newPersonalChats(anna, [boris.id]);
    return {
      send: (api) => send(scene, api),
      works: async (api) => {
        expect(await stateOf(scene, api)).toEqual(UNTOUCHED);
        for (let times = 0; times < 2; times++) {
          await ok(send(scene, api));
          expect(await stateOf(scene, api)).toMatchObject({ ...UNTOUCHED, ...done });
        }
      },
    };
  },
});

/** The endpoints about other people: what they write is there wholly or not at all. */
export const NEEDY_PEOPLE: Readonly<Record<string, Needy>> = {
  'GET /api/users/search': step(({ anna, boris }, api) =>
    peopleAs(api, anna).search(boris.username),
  ),
  'GET /api/users/:id/public-key': step(({ anna, boris }, api) =>
    peopleAs(api, boris).keyOf(anna.id),
  ),
  'POST /api/profile/public-key': step(({ anna }, api) => peopleAs(api, anna).setKey('key'), {
    key: 'key',
    told: 1,
  }),
  'PUT /api/users/:id/block': step(({ anna, boris }, api) => peopleAs(api, anna).block(boris.id), {
    blocked: [{}],
  }),
  'DELETE /api/users/:id/block': step(({ anna, boris }, api) =>
    peopleAs(api, anna).unblock(boris.id),
  ),
  'GET /api/users/blocked': step(({ anna }, api) =>
    api.send('GET', '/api/users/blocked', { token: anna.token }),
  ),
};
