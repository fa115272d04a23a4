import { describe, expect, test } from 'vitest';
import { messagesAs, newPair, sql } from '../support/chats/chats.ts';
import { runningApi } from '../support/client.ts';
import { UUID } from '../support/error-envelope.ts';

const api = runningApi();
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

/** Two people with a chat, and what each does in it. */
const newTalk = async () => {
  const { anna, boris, chat } = await newPair();
  return {
    anna,
    boris,
    chat,
    asAnna: messagesAs(api, anna, chat),
    asBoris: messagesAs(api, boris, chat),
  };
};

const chatRow = async (chat: string) =>
  (
    await sql`select last_message, last_seq::int, version::int,
    to_char(last_time, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as last_time
    from chats where id = ${chat}`
  )[0];

describe('sending a message', () => {
  test('[M1, M6] it is 201 with the fields of legacy clients, and those of new ones', async () => {
    const { anna, asAnna } = await newTalk();
    const before = Date.now();
    const { status, body, text } = await asAnna.send({ text: 'Привет!' });
    expect(status, text).toBe(201);
    expect(body).toEqual({
      ...{ id: expect.stringMatching(UUID), fromMe: true, text: 'Привет!' },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ...{ seq: 1, version: 1, senderId: anna.id },
    });
    // The clock of a database on another machine may differ a little.
    expect(Math.abs(Date.parse(String(body.time)) - before)).toBeLessThan(60_000);
  });

  test('[M1] the other one gets it as the legacy server told it: oldest first, not from them', async () => {
    const { asAnna, asBoris } = await newTalk();
    const first = await asAnna.send({ text: 'Раз' });
    const attachment = { type: 'image', url: PNG };
    const second = await asAnna.send({ text: '', attachment });
    const list = JSON.parse((await asBoris.list()).text);
    expect(list).toMatchObject([
      { id: first.body.id, fromMe: false, text: 'Раз', time: first.body.time },
      { id: second.body.id, fromMe: false, text: '', time: second.body.time, attachment },
    ]);
    expect(list[0]).not.toHaveProperty('attachment');
  });

  test('[M11] messages are numbered without gaps, and the chat knows the last one', async () => {
    const { asAnna, asBoris, chat } = await newTalk();
    for (const [index, as] of [asAnna, asBoris, asAnna].entries()) {
      const { body } = await as.send({ text: `Сообщение ${index}` });
      expect(body).toMatchObject({ seq: index + 1, version: index + 1 });
      expect(await chatRow(chat)).toEqual({
        last_message: `Сообщение ${index}`,
        last_seq: index + 1,
        version: index + 1,
        last_time: body.time,
      });
    }
  });

  test('[M20] it is in the feed of each member, whose device is told by its number', async () => {
    const { asAnna, chat } = await newTalk();
    await asAnna.send({ text: 'Раз' });
    await asAnna.send({ text: 'Два' });
    const entries = await sql`select n::int, kind, seq::int from feed_entries
      where chat_id = ${chat} order by user_id, n`;
    const each = [1, 2].map((n) => ({ n, kind: 'message', seq: n }));
    expect(entries).toEqual([...each, ...each]);
  });

  test('[M26] in a large chat it is in the feed of its sender alone', async () => {
    const { anna, asAnna, chat } = await newTalk();
    await sql`update chats set large = true where id = ${chat}`;
    await asAnna.send({ text: 'Раз' });
    const entries = await sql`select user_id from feed_entries where chat_id = ${chat}`;
    expect(entries).toEqual([{ user_id: anna.id }]);
  });

  test('[M12] the text is trimmed, and everything else in it stays as it is', async () => {
    const { asAnna, asBoris } = await newTalk();
    const text = '<b>&amp; \u202e"\\ %s $1 \u0001 😀 {}';
    await asAnna.send({ text: ` \n\t${text}\u3000\n` });
    expect(JSON.parse((await asBoris.list()).text)).toMatchObject([{ text }]);
  });
});

describe('a clientId', () => {
  test('[M10] the same one answers the same message for ever: 201, then 200', async () => {
    const { asAnna, chat } = await newTalk();
    const first = await asAnna.send({ text: 'Раз', clientId: 'a-1' });
    expect(first).toMatchObject({ status: 201, body: { clientId: 'a-1' } });
    await asAnna.send({ text: 'Два' });
    for (const text of ['Раз', 'Совсем другое']) {
      const again = await asAnna.send({ text, clientId: 'a-1' });
      expect(again.status).toBe(200);
      expect(again.body).toEqual(first.body);
    }
    expect(await chatRow(chat)).toMatchObject({ last_seq: 2, last_message: 'Два' });
  });

  test('[M10] after an edit and a deletion the message is answered as it is now', async () => {
    const { asAnna } = await newTalk();
    const { body } = await asAnna.send({ text: 'Раз', clientId: 'a-1' });
    const edited = await asAnna.edit(String(body.id), { text: 'Иначе' });
    expect((await asAnna.send({ text: 'Раз', clientId: 'a-1' })).body).toEqual(edited.body);
    const deleted = await asAnna.remove(String(body.id));
    const again = await asAnna.send({ text: 'Раз', clientId: 'a-1' });
    expect([again.status, again.body]).toEqual([200, deleted.body]);
  });

  test('[M10] it is of one sender in one chat, and nobody else sees it', async () => {
    const { asAnna, asBoris } = await newTalk();
    const other = await newTalk();
    const ids = new Set<unknown>();
    for (const as of [asAnna, asBoris, other.asAnna]) {
      const { status, body } = await as.send({ text: 'Раз', clientId: 'a-1' });
      expect(status).toBe(201);
      ids.add(body.id);
    }
    expect(ids.size).toBe(3);
    const seen: { clientId?: string; fromMe: boolean }[] = JSON.parse((await asBoris.list()).text);
    expect(seen.map(({ clientId, fromMe }) => [clientId, fromMe])).toEqual([
      [undefined, false],
      ['a-1', true],
    ]);
  });

  test('[M10] without one each request is a message; null is the same as none', async () => {
    const { asAnna, chat } = await newTalk();
    for (const body of [{ text: 'Раз' }, { text: 'Раз' }, { text: 'Раз', clientId: null }]) {
      expect((await asAnna.send(body)).status).toBe(201);
    }
    expect(await chatRow(chat)).toMatchObject({ last_seq: 3 });
  });
});

describe('what is refused', () => {
  const emoji = '😀';

  test.each([
    ['4,000 characters', { text: 'я'.repeat(4_000) }],
    ['4,000 emoji, which are 8,000 units', { text: emoji.repeat(4_000) }],
    ['4,000 characters between spaces', { text: ` ${'я'.repeat(4_000)}\n ` }],
    ['an attachment alone', { attachment: { type: 'image', url: PNG } }],
    ['an attachment and null as its text', { text: null, attachment: { type: 'image', url: PNG } }],
    ['null in all optional fields', { text: 'Раз', attachment: null, clientId: null }],
    ['fields that nobody knows', { text: 'Раз', fromMe: false, seq: 7, senderId: 'x' }],
  ])('[M12, H4] a message is sent with %s', async (_, body) => {
    const { anna, asAnna } = await newTalk();
    const answer = await asAnna.send(body);
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({ fromMe: true, seq: 1, senderId: anna.id });
  });

  const attachment = (url: unknown, type: unknown = 'image') => ({
    text: 'Раз',
    attachment: { type, url },
  });

  test.each<[string, unknown, string]>([
    ['4,001 characters', { text: 'я'.repeat(4_001) }, 'message_too_long'],
    ['4,001 emoji', { text: emoji.repeat(4_001) }, 'message_too_long'],
    ['no text', {}, 'message_empty'],
    ['an empty text', { text: '' }, 'message_empty'],
    ['spaces alone', { text: ' \n\u3000' }, 'message_empty'],
    ['null alone', { text: null, attachment: null }, 'message_empty'],
    ['no body', undefined, 'message_empty'],
    ['a list', [], 'message_empty'],
    ['U+0000', { text: 'a\0b' }, 'invalid_field'],
    ['a lone surrogate', { text: 'a\ud800' }, 'invalid_field'],
    ['a number as text', { text: 7 }, 'invalid_field'],
    ['an object as text', { text: { toString: 1 } }, 'invalid_field'],
    ['a list as text', { text: ['Раз'] }, 'invalid_field'],
    ['a number as clientId', { text: 'Раз', clientId: 7 }, 'invalid_field'],
    ['an empty clientId', { text: 'Раз', clientId: '' }, 'invalid_field'],
    ['a long clientId', { text: 'Раз', clientId: 'a'.repeat(65) }, 'invalid_field'],
    ['an odd clientId', { text: 'Раз', clientId: 'a b' }, 'invalid_field'],
    ['a text as attachment', { text: 'Раз', attachment: PNG }, 'invalid_attachment'],
    ['a list as attachment', { text: 'Раз', attachment: [] }, 'invalid_attachment'],
    ['an empty attachment', { text: 'Раз', attachment: {} }, 'invalid_attachment'],
    ['an attachment of another type', attachment(PNG, 'file'), 'invalid_attachment'],
    ['an image as a video', attachment(PNG, 'video'), 'invalid_attachment'],
    ['an attachment without a URL', attachment(null), 'invalid_attachment'],
    ['a script as attachment', attachment('javascript:alert(1)'), 'invalid_attachment'],
    ['SVG as attachment', attachment('data:image/svg+xml;base64,PHN2Zy8+'), 'invalid_attachment'],
    ['no base64', attachment('data:image/png;base64,<b>='), 'invalid_attachment'],
  ])('[M12, M13] a message is not sent with %s', async (_, body, code) => {
    const { asAnna, chat } = await newTalk();
    const answer = await asAnna.send(body);
    expect(answer, answer.text).toMatchObject({ status: 400, body: { ok: false, code } });
    expect(await chatRow(chat)).toMatchObject({ last_seq: 0, version: 0 });
  });
});
