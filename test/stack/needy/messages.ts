import { expect } from 'vitest';
import { messagesAs, newPair } from '../../support/chats/chats.ts';
import type { Answer, Api } from '../../support/client.ts';
import type { Needy } from './steps.ts';
import { before, ok } from './steps.ts';

/** A chat with one message, which its second member has not read. */
const withMessage = async () => {
  const { anna, boris, chat } = await newPair();
  const sent = await messagesAs(before, anna, chat).send({ text: 'Первое' });
  return {
    as: (api: Api) => messagesAs(api, anna, chat),
    reader: (api: Api) => messagesAs(api, boris, chat),
    id: String(sent.body.id),
  };
};

type Scene = Awaited<ReturnType<typeof withMessage>>;

/** A request in such a chat, and what is true before it and after it. */
const step = (
  send: (scene: Scene, api: Api) => Promise<Answer>,
  [untouched, done]: readonly [object, object],
): Needy => ({
  stores: ['redis', 'database'],
  prepare: async () => {
    const scene = await withMessage();
    const last = async (api: Api) => JSON.parse((await scene.as(api).list('?limit=2')).text).at(-1);
    return {
      send: (api) => send(scene, api),
      works: async (api) => {
        expect(await last(api)).toMatchObject(untouched);
        const answer = await send(scene, api);
        expect(answer.status, answer.text).toBeLessThan(300);
        expect(await last(api)).toMatchObject(done);
      },
    };
  },
});

const FIRST = { text: 'Первое', seq: 1, version: 1 };

/** The endpoints of messages: each write is there wholly or not at all [M17]. */
export const NEEDY_MESSAGES: Readonly<Record<string, Needy>> = {
  'POST /api/chats/:id/messages': step(
    (scene, api) => scene.as(api).send({ text: 'Второе' }),
    [FIRST, { text: 'Второе', seq: 2, version: 2 }],
  ),
  'GET /api/chats/:id/messages': step((scene, api) => scene.as(api).list(), [FIRST, FIRST]),
  'GET /api/chats/:id/messages/:messageId': step(
    (scene, api) => scene.as(api).get(scene.id),
    [FIRST, FIRST],
  ),
  'PATCH /api/chats/:id/messages/:messageId': step(
    (scene, api) => scene.as(api).edit(scene.id, { text: 'Иначе' }),
    [FIRST, { text: 'Иначе', seq: 1, version: 2 }],
  ),
  'DELETE /api/chats/:id/messages/:messageId': step(
    (scene, api) => scene.as(api).remove(scene.id),
    [FIRST, { text: '', deleted: true, version: 2 }],
  ),
  'PUT /api/chats/:id/read': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const scene = await withMessage();
      const mark = async (api: Api, seq: number) => ok(scene.reader(api).read(seq));
      return {
        send: (api) => scene.reader(api).read(1),
        works: async (api) => {
          expect(await mark(api, 0)).toEqual({ readSeq: 0, unread: 1 });
          expect(await mark(api, 1)).toEqual({ readSeq: 1, unread: 0 });
        },
      };
    },
  },
};
