import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { INLINE_ATTACHMENT_LIMIT } from '../../src/contract/http/messages.ts';
import { MessageRow } from '../../src/feed/message.ts';
import { createDatabase } from '../../src/platform/db/client.ts';
import { INLINE_MESSAGE, MESSAGE } from '../../src/platform/db/fragments.ts';
import { stack } from '../support/stack.ts';

const { DATABASE_URL, DATABASE_ENDPOINT } = stack.settings;
const db = createDatabase(String(DATABASE_URL), DATABASE_ENDPOINT);
const Rows = z.tuple([z.object({ whole: MessageRow, inline: MessageRow })]);

/** Reads a row of `messages` from its columns as SQL. */
const read = async (columns: string, zone = 'UTC') => {
  const [, { rows }] = await db.batch([
    db.execute(sql.raw(`set local time zone '${zone}'`)),
    db.execute(sql`
      with message as (
        select * from json_populate_record(null::messages, json_build_object(${sql.raw(columns)})))
      select ${MESSAGE} as whole, ${INLINE_MESSAGE} as inline from message`),
  ]);
  return Rows.parse(rows)[0];
};

describe('rows of messages', () => {
  const legacy = `'id', 'm1', 'chat_id', 'c1', 'sender_id', 'u1', 'text', 'Привет!', 'seq', 7,
    'created_at', '2026-01-02T03:04:05.678901'`;

  test.each(['UTC', 'Asia/Tokyo', 'America/New_York'])(
    '[M6] the time of a legacy row is UTC, whatever the zone of the session is: %s',
    async (zone) => {
      const { whole } = await read(`${legacy}, 'edited_at', '2026-01-02T05:04:05.678Z'`, zone);
      expect(whole).toEqual({
        id: 'm1',
        senderId: 'u1',
        text: 'Привет!',
        time: '2026-01-02T03:04:05.678Z',
        attachment: null,
        seq: 7,
        version: 7,
        clientId: null,
        editedAt: '2026-01-02T05:04:05.678Z',
        deleted: false,
      });
    },
  );

  test('a row of which everything that may be missing is missing can be read', async () => {
    const { whole } = await read(`'id', 'm1', 'seq', 1`);
    expect(whole).toMatchObject({ senderId: null, text: '', time: '1970-01-01T00:00:00.000Z' });
  });

  test.each([
    ['known', (length: number) => `, 'attachment_size', ${length}`],
    ['not known, as in what the legacy server wrote', () => ''],
  ])('[M21] a long attachment is inline without its URL when its size is %s', async (_, sizeOf) => {
    const withAttachment = (length: number) => {
      const url = `data:image/png;base64,${'A'.repeat(length)}`;
      const json = JSON.stringify({ type: 'image', url });
      return read(`${legacy}, 'attachment', '${json}'::json${sizeOf(json.length)}`);
    };
    const long = await withAttachment(INLINE_ATTACHMENT_LIMIT);
    expect(long.whole.attachment?.url).toHaveLength(INLINE_ATTACHMENT_LIMIT + 22);
    expect(long.inline.attachment).toEqual({ type: 'image' });
    const short = await withAttachment(1_000);
    expect(short.inline).toEqual(short.whole);
    expect(short.inline.attachment?.url).toHaveLength(1_022);
  });
});
