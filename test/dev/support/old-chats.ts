import type { LegacyDatabase } from './legacy.ts';
import { FULL_LEGACY } from './legacy.ts';

/** A channel that has more members than feeds are written for. */
export const LARGE_CHAT = 11;

/** A number that looks like chance and is the same each time: 0 ≤ n < 1. */
const chance = (seed: string): string =>
  `((hashtextextended(${seed}, 7) & 1048575)::float8 / 1048576)`;

const userId = (number: string): string => `md5('user ' || (${number}))::uuid::text`;
const chatId = (number: string): string => `md5('chat ' || (${number}))::uuid::text`;

/**
 * Which chats there are, by the last digit of their number: 0 groups, 1 channels, 2 of no type, 3
 * to 5 three personal chats of one pair, 6 to 9 personal ones of a pair each. Some have one member,
 * some none. The users from `users` on are deleted: they are members and senders without a row.
 */
const members = (chats: number, users: number): string => {
  const anybody = (seed: string) => userId(`1 + floor(${chance(seed)} * ${users * 1.2})::int`);
  const side = (which: string) =>
    anybody(`'${which} ' || case when chat % 10 in (3, 4, 5) then chat / 10 else -chat end`);
  return `
    insert into chat_members (chat_id, user_id, role, joined_at)
    select distinct on (1, 2) ${chatId('chat')}, "user", role, null::timestamp from (
      select chat, ${side('a')}
        as "user", case when chat % 3 = 0 then null else 'member' end as role
      from generate_series(1, ${chats}) as chat where chat % 97 <> 0
      union all
      select chat, ${side('b')},
        'owner'
      from generate_series(1, ${chats}) as chat where chat % 97 <> 0 and chat % 89 <> 0
      union all
      select chat, ${anybody(`'c ' || chat || ' ' || place`)}, 'member'
      from generate_series(1, ${chats}) as chat, generate_series(1, 5) as place where chat % 10 < 2
      union all
      select ${LARGE_CHAT}, ${userId('place')}, 'member' from generate_series(1, 300) as place
    ) as seats`;
};

/** Rows of a legacy database with so many messages and chats, odd ones among them. */
export const oldChats = (size: { messages: number; chats: number }): LegacyDatabase => {
  const { messages, chats } = size;
  const users = Math.max(400, chats / 2);
  return {
    tables: FULL_LEGACY.tables,
    rows: [
      `insert into users (id, phone, username, display_name, created_at)
        select ${userId('n')}, '+7' || (9000000000 + n),
          case when n % 5 > 0 then 'User_' || n end, case when n % 3 > 0 then 'Ёж ' || n end, null
        from generate_series(1, ${users}) as n`,
      `insert into chats (id, type, name, last_message, last_time, meta, created_at)
        select ${chatId('n')}, case n % 10 when 0 then 'group' when 1 then 'channel'
            when 2 then null else 'user' end,
          case when n % 10 < 2 then 'Чат ' || n end, case when n % 4 > 0 then 'привет' end,
          case when n % 4 > 0 then timestamp '2024-01-01' + n * interval '1 minute' end, null,
          case when n % 7 > 0 then timestamp '2023-01-01' + n * interval '1 minute' end
        from generate_series(1, ${chats}) as n`,
      members(chats, users),
      // Some chats have hundreds of times as many as others, and some have none.
      `insert into messages (id, chat_id, sender_id, text, attachment, created_at)
        select md5('message ' || n)::uuid::text,
          case when n % 1000 <> 7 then ${chatId(
            `1 + floor(${chats} * 0.95 * power(${chance("'m ' || n")}, 3))::int`,
          )} end,
          case when n % 300 > 0 then
            ${userId(`1 + floor(${chance("'s ' || n")} * ${users * 1.2})::int`)} end,
          case when n % 70 > 0 then 'сообщение ' || n end,
          case when n % 50 = 0 then jsonb_build_object('type', 'image', 'url',
            'data:image/png;base64,' || repeat('QUJD', n % 200)) when n % 77 = 0 then 'null' end,
          case when n % 500 > 2 then timestamp '2023-06-01'
            + floor(${chance("'t ' || n")} * 1000000)::int * interval '30 seconds' end
        from generate_series(1, ${messages}) as n`,
    ],
  };
};
