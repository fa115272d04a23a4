import { describe, expect, test } from 'vitest';
import { messagesAs, newGroup, newPair, sql } from '../support/chats/chats.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();

/** What legacy servers and lists show of a chat, and how often it changed. */
const chatOf = async (chat: string) =>
  (
    await sql`select last_message, version::int, last_seq::int,
    to_char(last_time, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as last_time
    from chats where id = ${chat}`
  )[0];

/** A talk in which Anna has said so many things. */
const newTalk = async (...texts: string[]) => {
  const { anna, boris, chat } = await newPair();
  const asAnna = messagesAs(api, anna, chat);
  const said: { id: string; time: string }[] = [];
  for (const text of texts) {
    const { body } = await asAnna.send({ text });
    said.push({ id: String(body.id), time: String(body.time) });
  }
  const at = (index: number) => said.at(index) ?? { id: '', time: '' };
  return { anna, boris, chat, asAnna, asBoris: messagesAs(api, boris, chat), at };
};

describe('editing a message', () => {
  test('[M14] its sender changes the text; the others read it, and see that it was edited', async () => {
    const { asAnna, asBoris, at } = await newTalk('Раз', 'Два');
    const { status, body } = await asAnna.edit(at(0).id, { text: ' Иначе ' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: at(0).id,
      seq: 1,
      version: 3,
      text: 'Иначе',
      time: at(0).time,
    });
    expect(body.editedAt).toMatch(/Z$/);
    expect((await asBoris.get(at(0).id)).body).toEqual({ ...body, fromMe: false });
  });

  test('[M14] the chat shows the new text when it was the last one, and only then', async () => {
    const { asAnna, chat, at } = await newTalk('Раз', 'Два');
    await asAnna.edit(at(0).id, { text: 'Первое' });
    expect(await chatOf(chat)).toMatchObject({ last_message: 'Два', version: 3, last_seq: 2 });
    await asAnna.edit(at(1).id, { text: 'Второе' });
    expect(await chatOf(chat)).toEqual({
      ...{ last_message: 'Второе', version: 4, last_seq: 2, last_time: at(1).time },
    });
    await asAnna.remove(at(1).id);
    await asAnna.edit(at(0).id, { text: 'Снова первое' });
    expect(await chatOf(chat)).toMatchObject({ last_message: 'Снова первое' });
  });

  test('[M14, M20] the same text again changes nothing, and nobody is told', async () => {
    const { asAnna, chat, at } = await newTalk('Раз');
    const edited = await asAnna.edit(at(0).id, { text: 'Иначе' });
    const entries = () => sql`select count(*)::int as n from feed_entries where chat_id = ${chat}`;
    const before = await entries();
    const again = await asAnna.edit(at(0).id, { text: 'Иначе' });
    expect([again.status, again.body]).toEqual([200, edited.body]);
    expect(await entries()).toEqual(before);
  });

  test('[M14] a deleted one cannot be edited: 404', async () => {
    const { asAnna, at } = await newTalk('Раз');
    await asAnna.remove(at(0).id);
    const answer = await asAnna.edit(at(0).id, { text: 'Иначе' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'message_not_found' } });
  });

  test('[M14] nobody else edits it, an admin of the group neither', async () => {
    const {
      people: [admin, writer],
      chat,
    } = await newGroup(2);
    if (!admin || !writer) throw new Error('Nobody was made');
    const { body } = await messagesAs(api, writer, chat).send({ text: 'Раз' });
    const answer = await messagesAs(api, admin, chat).edit(String(body.id), { text: 'Иначе' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'not_allowed_in_chat' } });
  });

  test('[M12] the text may be empty beside an attachment alone', async () => {
    const { asAnna, at } = await newTalk('Раз');
    const attachment = { type: 'image', url: 'https://example.com/a.png' };
    const { body } = await asAnna.send({ text: 'Подпись', attachment });
    expect(await asAnna.edit(String(body.id), { text: '' })).toMatchObject({
      ...{ status: 200, body: { text: '', attachment } },
    });
    for (const text of ['', ' \n']) {
      expect(await asAnna.edit(at(0).id, { text })).toMatchObject({
        ...{ status: 400, body: { code: 'message_empty' } },
      });
    }
  });

  test.each([
    [{}, 'invalid_field'],
    [{ text: null }, 'invalid_field'],
    [{ text: 7 }, 'invalid_field'],
    [{ text: 'a\0' }, 'invalid_field'],
    [{ text: 'я'.repeat(4_001) }, 'message_too_long'],
  ])('[M12] it is not edited with %j', async (body, code) => {
    const { asAnna, chat, at } = await newTalk('Раз');
    expect(await asAnna.edit(at(0).id, body)).toMatchObject({ status: 400, body: { code } });
    expect(await chatOf(chat)).toMatchObject({ last_message: 'Раз', version: 1 });
  });
});

describe('deleting a message', () => {
  test('[M14] it keeps its place and loses text and attachment, in the database too', async () => {
    const { asAnna, asBoris, chat } = await newTalk();
    const attachment = { type: 'image', url: 'https://example.com/a.png' };
    const { body } = await asAnna.send({ text: 'Тайна', attachment });
    const id = String(body.id);
    const { status, body: deleted } = await asAnna.remove(id);
    expect(status).toBe(200);
    expect(deleted).toEqual({
      ...{ id, fromMe: true, text: '', time: body.time, seq: 1, version: 2 },
      ...{ senderId: body.senderId, deleted: true },
    });
    expect((await asBoris.get(id)).body).toEqual({ ...deleted, fromMe: false });
    const [row] =
      await sql`select text, attachment, attachment_size from messages where id = ${id}`;
    expect(row).toEqual({ text: '', attachment: null, attachment_size: null });
    expect(await chatOf(chat)).toMatchObject({ last_message: null, last_time: null, last_seq: 1 });
  });

  test('[M14] the chat shows the message before the last one when that is deleted', async () => {
    const { asAnna, chat, at } = await newTalk('Раз', 'Два', 'Три');
    await asAnna.remove(at(1).id);
    expect(await chatOf(chat)).toMatchObject({ last_message: 'Три', last_time: at(2).time });
    await asAnna.remove(at(2).id);
    expect(await chatOf(chat)).toMatchObject({ last_message: 'Раз', last_time: at(0).time });
    expect((await asAnna.send({ text: 'Четыре' })).body).toMatchObject({ seq: 4 });
  });

  test('[M14] once more it is the same, nothing changes, and nobody is told', async () => {
    const { asAnna, chat, at } = await newTalk('Раз');
    const first = await asAnna.remove(at(0).id);
    const entries = () => sql`select count(*)::int as n from feed_entries where chat_id = ${chat}`;
    const before = await entries();
    const again = await asAnna.remove(at(0).id);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await entries()).toEqual(before);
  });

  test.each([
    ['an admin of a group deletes the message of another', 'group', 0, 1, 200],
    ['an admin of a channel deletes the message of another', 'channel', 0, 1, 200],
    ['a member of a group deletes no message of its admin', 'group', 1, 0, 403],
    ['a member of a channel deletes no message of its admin', 'channel', 1, 0, 403],
    ['a sender who is no admin any more deletes their own', 'channel', 1, 1, 200],
  ])('[M14] %s', async (_, type, actor, sender, status) => {
    const { people, chat } = await newGroup(2, { type });
    const [by, of] = [people[actor], people[sender]];
    if (!by || !of) throw new Error('Nobody was made');
    const id = crypto.randomUUID();
    await sql`insert into messages (id, chat_id, sender_id, text, seq, version)
      values (${id}, ${chat}, ${of.id}, 'Раз', 1, 1)`;
    expect(await messagesAs(api, by, chat).remove(id)).toMatchObject({ status });
  });

  test('[M14] in a personal chat nobody deletes what the other one wrote, whatever their role', async () => {
    const { asBoris, boris, chat, at } = await newTalk('Раз');
    await sql`update chat_members set role = 'admin'
      where chat_id = ${chat} and user_id = ${boris.id}`;
    expect(await asBoris.remove(at(0).id)).toMatchObject({
      ...{ status: 403, body: { code: 'not_allowed_in_chat' } },
    });
  });
});

describe('rights to write', () => {
  test('[M31] in a channel only admins send and edit', async () => {
    const {
      people: [admin, member],
      chat,
    } = await newGroup(2, { type: 'channel' });
    if (!admin || !member) throw new Error('Nobody was made');
    const refused = { status: 403, body: { code: 'not_allowed_in_chat' } };
    expect(await messagesAs(api, member, chat).send({ text: 'Раз' })).toMatchObject(refused);
    const asAdmin = messagesAs(api, admin, chat);
    const { status, body } = await asAdmin.send({ text: 'Раз' });
    expect(status).toBe(201);
    await sql`update chat_members set role = 'member' where chat_id = ${chat}`;
    expect(await asAdmin.edit(String(body.id), { text: 'Иначе' })).toMatchObject(refused);
  });

  test('[M42] who is blocked by the other side finds no chat to write in, and reads on', async () => {
    const { anna, boris, chat, asAnna, asBoris, at } = await newTalk('Раз', 'Два');
    const known = await asAnna.send({ text: 'Три', clientId: 'a-3' });
    await sql`insert into blocks (user_id, blocked_id) values (${boris.id}, ${anna.id})`;
    const unknown = await messagesAs(api, anna, crypto.randomUUID()).send({ text: 'Раз' });
    for (const answer of [
      await asAnna.send({ text: 'Четыре' }),
      await asAnna.edit(at(0).id, { text: 'Иначе' }),
    ]) {
      expect([answer.status, { ...answer.body, requestId: '' }]).toEqual([
        ...[404, { ...unknown.body, requestId: '' }],
      ]);
    }
    expect(await chatOf(chat)).toMatchObject({ last_seq: 3, last_message: 'Три' });
    expect(await asAnna.send({ text: 'Три', clientId: 'a-3' })).toMatchObject({
      ...{ status: 200, body: known.body },
    });
    expect((await asAnna.list()).status).toBe(200);
    expect((await asAnna.remove(at(1).id)).status).toBe(200);
    expect((await asBoris.send({ text: 'Я пишу' })).status).toBe(201);
  });

  test('[M42] in a group a block changes nothing', async () => {
    const {
      people: [admin, member],
      chat,
    } = await newGroup(2);
    if (!admin || !member) throw new Error('Nobody was made');
    await sql`insert into blocks (user_id, blocked_id) values (${admin.id}, ${member.id})`;
    expect((await messagesAs(api, member, chat).send({ text: 'Раз' })).status).toBe(201);
  });
});
