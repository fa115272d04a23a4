import { expect } from 'vitest';
import { newChat, newPeople } from '../../support/chats/chats.ts';
import { stateOf } from '../../support/chats/groups.ts';
import { chatsAs, twoPeople } from '../../support/chats/people.ts';
import type { Answer, Api } from '../../support/client.ts';
import type { Needy } from './steps.ts';

/** A channel of an admin and a member, and a third person. */
const withChannel = async () => {
  const [admin, member, other] = await newPeople(3);
  if (!admin || !member || !other) throw new Error('Nobody was made');
  const members = [[admin, { role: 'admin' }], member] as const;
  return { admin, member, other, id: await newChat({ type: 'channel', name: 'Аисты' }, members) };
};

type Scene = Awaited<ReturnType<typeof withChannel>>;

/** A request about such a channel, and the version that it has afterwards. */
const step = (send: (scene: Scene, api: Api) => Promise<Answer>, version: number): Needy => ({
  stores: ['redis', 'database'],
  prepare: async () => {
    const scene = await withChannel();
    const { id, admin, member } = scene;
    return {
      send: (api) => send(scene, api),
      works: async (api) => {
        const roles = { [admin.id]: 'admin', [member.id]: 'member' };
        expect(await stateOf(id)).toEqual({ version: 0, large: false, roles });
        const answer = await send(scene, api);
        expect(answer.status, answer.text).toBe(200);
        expect(await stateOf(id)).toMatchObject({ version });
      },
    };
  },
});

/** A request that makes a chat: how often it was made shows in the list of who made it. */
const making = (body: (peer: string) => object): Needy => ({
  stores: ['redis', 'database'],
  prepare: async () => {
    const [me, peer] = await twoPeople();
    return {
      send: (api) => chatsAs(api, me).create(body(peer.id)),
      works: async (api) => {
        expect(await chatsAs(api, me).list()).toEqual([]);
        const chat = await chatsAs(api, me).made(body(peer.id));
        expect(await chatsAs(api, me).list()).toEqual([chat]);
        expect(await chatsAs(api, peer).list()).toMatchObject([{ id: chat.id, members: 2 }]);
      },
    };
  },
});

/** The endpoints of chats: each change is there for all members or for none [M17]. */
export const NEEDY_CHATS: Readonly<Record<string, Needy>> = {
  'GET /api/chats': step(({ admin }, api) => api.send('GET', '/api/chats', admin), 0),
  'POST /api/chats': making((peer) => ({ type: 'group', name: 'Аисты', members: [peer] })),
  'GET /api/chats/:id': step(({ id, admin }, api) => api.send('GET', `/api/chats/${id}`, admin), 0),
  'PATCH /api/chats/:id': step(
    ({ id, admin }, api) => chatsAs(api, admin).change(id, { name: 'Журавли' }),
    1,
  ),
  'GET /api/chats/:id/members': step(
    ({ id, admin }, api) => api.send('GET', `/api/chats/${id}/members`, admin),
    0,
  ),
  'POST /api/chats/:id/members': step(
    ({ id, admin, other }, api) => chatsAs(api, admin).add(id, other),
    1,
  ),
  'PATCH /api/chats/:id/members/:userId': step(
    ({ id, admin, member }, api) => chatsAs(api, admin).role(id, member, 'admin'),
    1,
  ),
  'DELETE /api/chats/:id/members/:userId': step(
    ({ id, admin, member }, api) => chatsAs(api, admin).remove(id, member),
    1,
  ),
  'POST /api/chats/:id/join': step(({ id, other }, api) => chatsAs(api, other).join(id), 1),
};
