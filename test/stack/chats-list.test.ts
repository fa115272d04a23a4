import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { LISTED_CHATS, LISTED_PHOTOS } from '../../src/chats/limits.ts';
import { messages } from '../../src/platform/db/schema.ts';
import type { Person } from '../support/chats/chats.ts';
import { newChat } from '../support/chats/chats.ts';
import { db } from '../support/chats/database.ts';
import { chatsAs, onePerson, twoPeople } from '../support/chats/people.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();

/** Makes a group with one message of this time. */
const groupAt = async (person: Person, time: string, photo: string | null = null) => {
  const chatId = await newChat({ type: 'group', name: time, lastSeq: 1, photo }, [person]);
  const message = { id: crypto.randomUUID(), chatId, seq: 1, text: time };
  await db.insert(messages).values({ ...message, createdAt: new Date(time) });
  return chatId;
};

describe('GET /api/chats', () => {
  test('[M1] the chats come with the newest last message first, those without any after', async () => {
    const me = await onePerson();
    const old = await groupAt(me, '2025-01-02T03:04:05.678Z');
    const empty = await newChat({ type: 'group', name: 'Пусто' }, [me]);
    const young = await groupAt(me, '2026-01-02T03:04:05.678Z');
    const listed = await chatsAs(api, me).list();
    expect(listed.map(({ id }) => id)).toEqual([young, old, empty]);
    expect(listed[0]).toMatchObject({
      lastMessage: '2026-01-02T03:04:05.678Z',
      lastTime: '2026-01-02T03:04:05.678Z',
      unread: 1,
    });
  });

  test('[M34] it has the chats of whoever asks alone, and none for who has none', async () => {
    const [me, other] = await twoPeople();
    await groupAt(other, '2025-01-02T03:04:05.678Z');
    expect(await chatsAs(api, me).list()).toEqual([]);
  });

  test('[M7] photos beyond 4 MiB are left out, those of the last chats', async () => {
    const me = await onePerson();
    const photo = 'x'.repeat(LISTED_PHOTOS / 4);
    const years = ['2024', '2023', '2022', '2021', '2020', '2019'];
    for (const year of years) await groupAt(me, `${year}-01-01T00:00:00.000Z`, photo);
    const listed = await chatsAs(api, me).list();
    expect(listed.map((chat) => chat.photo?.length ?? 0)).toEqual([
      ...Array(4).fill(photo.length),
      0,
      0,
    ]);
    expect(await chatsAs(api, me).one(String(listed[5]?.id))).toMatchObject({ photo });
  });

  test('[M7] of more than 2,000 chats the newest are there, and a header says so', async () => {
    const me = await onePerson();
    await groupAt(me, '2025-01-02T03:04:05.678Z');
    await db.execute(sql`
      with made as (
        insert into chats (id, type, name)
        select ${me.id} || i, 'group', 'Группа ' || i
        from generate_series(1, ${LISTED_CHATS - 1}::int) as i returning id)
      insert into chat_members (chat_id, user_id) select id, ${me.id} from made`);
    const list = () => api.send('GET', '/api/chats', { token: me.token });
    const all = await list();
    expect(JSON.parse(all.text)).toHaveLength(LISTED_CHATS);
    expect(all.headers.get('X-Has-More')).toBeNull();
    await groupAt(me, '2026-01-02T03:04:05.678Z');
    const some = await list();
    expect(JSON.parse(some.text)).toHaveLength(LISTED_CHATS);
    expect(JSON.parse(some.text)[0]).toMatchObject({ name: '2026-01-02T03:04:05.678Z' });
    expect(some.headers.get('X-Has-More')).toBe('1');
  });
});
