import { describe, expect, test } from 'vitest';
import type { Asked } from '../support/calls/rooms.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { messagesAs, newGroup, sql } from '../support/chats/chats.ts';
import { localApi } from '../support/client.ts';

/** A group of two, in an app whose rooms keep what they are asked. */
const newTalk = async () => {
  const asked: Asked[] = [];
  const api = localApi({}, Date.now, cannedRooms({ hear: (...one) => void asked.push(one) }));
  const { people, chat } = await newGroup(2);
  const [anna, boris] = people;
  if (!anna || !boris) throw new Error('Nobody was made');
  /** What the rooms are told by a request, by whose inbox it is, and its answer. */
  const toldBy = async (request: Promise<{ status: number; body: Record<string, unknown> }>) => {
    const { status, body } = await request;
    await api.settle();
    const told = asked.splice(0).map(([room, message]) => [room.id, message] as const);
    return { status, body, told: new Map(told) };
  };
  const [asAnna, asBoris] = [messagesAs(api, anna, chat), messagesAs(api, boris, chat)];
  return { anna, boris, chat, asAnna, asBoris, toldBy };
};

describe('telling of messages', () => {
  test('[M21, M3] each member is told of a new one with the number in their feed, after it is there', async () => {
    const { anna, boris, chat, asAnna, toldBy } = await newTalk();
    await sql`insert into feeds (user_id, n) values (${boris.id}, 41)`;
    const { told, body } = await toldBy(asAnna.send({ text: 'Раз', clientId: 'a-1' }));
    expect([...told.keys()].sort()).toEqual([anna.id, boris.id].sort());
    expect(JSON.stringify(told.get(boris.id))).toContain('"n":42');
    expect(JSON.stringify(told.get(anna.id))).toContain('"n":1');
    expect(told.get(boris.id)).toMatchObject({ type: 'chat' });
    const text = JSON.stringify(told.get(boris.id));
    for (const part of [chat, body.id, 'Раз']) expect(text).toContain(part);
    expect(text).not.toContain('a-1');
  });

  test('[M10, M21] a repeated clientId, a text that is there and a mark that is past tell nobody', async () => {
    const { asAnna, asBoris, toldBy } = await newTalk();
    const { body } = await toldBy(asAnna.send({ text: 'Раз', clientId: 'a-1' }));
    await toldBy(asBoris.read(1));
    for (const request of [
      () => asAnna.send({ text: 'Раз', clientId: 'a-1' }),
      () => asAnna.edit(String(body.id), { text: 'Раз' }),
      () => asBoris.read(1),
      () => asBoris.list(),
      () => asBoris.list('?limit=10'),
      () => asBoris.get(String(body.id)),
    ]) {
      const { status, told } = await toldBy(request());
      expect([status, told.size]).toEqual([200, 0]);
    }
  });

  test('[M21] of edits, deletions and marks each member is told, of what is refused nobody', async () => {
    const { asAnna, asBoris, toldBy } = await newTalk();
    const { body } = await toldBy(asAnna.send({ text: 'Раз' }));
    const id = String(body.id);
    for (const request of [
      () => asBoris.read(1),
      () => asAnna.edit(id, { text: 'Иначе' }),
      () => asAnna.remove(id),
    ]) {
      expect((await toldBy(request())).told.size).toBe(2);
    }
    expect((await toldBy(asBoris.edit(id, { text: 'Чужое' }))).told.size).toBe(0);
    expect((await toldBy(asAnna.send({ text: '' }))).told.size).toBe(0);
  });
});
