import { expect, test } from 'vitest';
import type { Asked } from '../support/calls/rooms.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { newPeople } from '../support/chats/chats.ts';
import { chatsAs } from '../support/chats/people.ts';
import { localApi } from '../support/client.ts';

test('[M21] each change is told to those whose feed has it, with its number there', async () => {
  const heard: Asked[] = [];
  const rooms = cannedRooms({ hear: (...asked) => heard.push(asked) });
  const api = localApi({}, Date.now, rooms);
  const [admin, one, other] = await newPeople(3);
  if (!admin || !one || !other) throw new Error('Nobody was made');
  const names = new Map([admin, one, other].map(({ id }, i) => [id, ['admin', 'one', 'other'][i]]));

  /** What rooms hear of a change: who, what it is for them, and its number. */
  const toldOf = async (change: () => Promise<unknown>) => {
    heard.length = 0;
    await change();
    await api.settle();
    return heard
      .map(([room, message]) => {
        if (message.type !== 'chat' || message.news.type !== 'change') return room;
        const { news, what, n } = message;
        return `${names.get(room.id)} ${what ?? news.what} ${n} of ${news.version}`;
      })
      .sort();
  };

  const mine = chatsAs(api, admin);
  let id = '';
  const make = async () => {
    ({ id } = await mine.made({ type: 'group', name: 'Аисты', members: [one.id] }));
  };
  expect(await toldOf(make)).toEqual(['admin chat 1 of 1', 'one chat 1 of 1']);
  expect(await toldOf(() => mine.change(id, { name: 'Журавли' }))).toEqual([
    'admin chat 2 of 2',
    'one chat 2 of 2',
  ]);
  expect(await toldOf(() => mine.add(id, other))).toEqual([
    'admin member 3 of 3',
    'one member 3 of 3',
    'other chat 1 of 3',
  ]);
  expect(await toldOf(() => mine.add(id, other))).toEqual([]);
  expect(await toldOf(() => mine.role(id, one, 'admin'))).toEqual([
    'admin member 4 of 4',
    'one chat 4 of 4',
    'other member 2 of 4',
  ]);
  expect(await toldOf(() => chatsAs(api, other).role(id, one, 'member'))).toEqual([]);
  expect(await toldOf(() => mine.remove(id, one))).toEqual([
    'admin member 5 of 5',
    'one left 5 of 5',
    'other member 3 of 5',
  ]);
  expect(await toldOf(() => mine.remove(id, admin))).toEqual([
    'admin left 6 of 6',
    'other chat 5 of 6',
  ]);
});
