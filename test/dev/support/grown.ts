/** How much there is in a grown database. */
export interface Growth {
  readonly users: number;
  /** How many messages `BIG_CHAT` has, and entries the feed of `ME`. */
  readonly messages: number;
  /** How many personal chats `ME` has. */
  readonly chats: number;
}

/** The user in all these chats. */
export const ME = 'me';

/** A group with many messages. */
export const BIG_CHAT = 'big';

const FIRST_NAMES = `array[
  'Александр', 'Сергей', 'Дмитрий', 'Андрей', 'Алексей', 'Максим', 'Евгений', 'Иван', 'Михаил',
  'Артём', 'Николай', 'Владимир', 'Анна', 'Мария', 'Елена', 'Ольга', 'Наталья', 'Татьяна',
  'Ирина', 'Юлия', 'Фёдор', 'Пётр', 'Гульнара', 'Зухра', 'Магомед']`;
const LAST_NAMES = `array[
  'Иванов', 'Смирнов', 'Кузнецов', 'Попов', 'Васильев', 'Петров', 'Соколов', 'Новиков',
  'Фёдоров', 'Морозов', 'Волков', 'Лебедев', 'Семёнов', 'Егоров', 'Павлов', 'Козлов', 'Орлов',
  'Щербаков', 'Юсупов', 'Ткаченко']`;
const USERNAMES = `array[
  'alex', 'sergey', 'dima', 'andrey', 'max', 'ivan', 'misha', 'artem', 'kolya', 'vova', 'anna',
  'masha', 'lena', 'olga', 'katya', 'dark', 'cyber', 'wolf', 'fox', 'real']`;

/** One of a list, the first ones more often, by a number that looks like chance. */
const oneOf = (list: string, seed: string): string => {
  const chance = `((hashtextextended(${seed} || n, 7) & 1048575)::float8 / 1048576)`;
  return `(${list})[1 + floor(power(${chance}, 1.7) * cardinality(${list}))::int]`;
};

/** Statements that fill a migrated database. */
export const growTo = ({ users, messages, chats }: Growth): readonly string[] => [
  // Row by row the index of names would take most of the time.
  'alter table users disable trigger keep_user_name',
  'drop index user_names_grams_idx',
  `insert into users (id, phone, username, display_name)
    select 'u' || n, '+7' || (9000000000 + n),
      case when n % 5 > 0 then ${oneOf(USERNAMES, "'u'")} || '_' || n end,
      case when n % 10 > 0 then
        ${oneOf(FIRST_NAMES, "'f'")} || ' ' || ${oneOf(LAST_NAMES, "'l'")} end
    from generate_series(1, ${users}) as n`,
  `insert into users (id, phone, username) values ('${ME}', '+79000000000', 'me')`,
  `insert into user_names (user_id, layer, name)
    select id, name_layer(id), fold_name(username) || E'\\n' || fold_name(display_name) from users`,
  `create index user_names_grams_idx on user_names
    using gin (name_grams(layer, name, '{2,3}')) with (fastupdate = off)`,
  'alter table users enable trigger keep_user_name',
  `insert into chats (id, type, name, last_seq, version, last_time)
    values ('${BIG_CHAT}', 'group', 'Большая', ${messages}, ${messages}, now())`,
  `insert into chats (id, pair, last_seq, version, last_time)
    select 'mine ' || n, '${ME}:u' || n, 3, 3, now() - n * interval '1 minute'
    from generate_series(1, ${chats}) as n`,
  `insert into chats (id, pair, last_seq, version, last_time)
    select 'other ' || n, 'u' || n || ':u' || n + 1, 2, 2, now()
    from generate_series(1, ${users} - 1) as n`,
  `insert into chat_members (chat_id, user_id, role)
    select '${BIG_CHAT}', 'u' || n, 'member' from generate_series(1, 9) as n
    union all select '${BIG_CHAT}', '${ME}', 'admin'
    union all select 'mine ' || n, side, 'member'
      from generate_series(1, ${chats}) as n,
        lateral (values ('${ME}'), ('u' || n)) as both_sides (side)
    union all select 'other ' || n, 'u' || side, 'member'
      from generate_series(1, ${users} - 1) as n,
        lateral (values (n), (n + 1)) as both_sides (side)`,
  `insert into messages (id, chat_id, sender_id, text, seq, version)
    select 'b' || n, '${BIG_CHAT}', case n % 10 when 0 then '${ME}' else 'u' || n % 10 end,
      'сообщение ' || n, n, n
    from generate_series(1, ${messages}) as n
    union all select 'm' || n || ' ' || seq, 'mine ' || n, '${ME}', 'привет', seq, seq
      from generate_series(1, ${chats}) as n, generate_series(1, 3) as seq
    union all select 'o' || n || ' ' || seq, 'other ' || n, 'u' || n, 'привет', seq, seq
      from generate_series(1, ${users} - 1) as n, generate_series(1, 2) as seq`,
  `insert into feeds (user_id, n) values ('${ME}', ${messages})`,
  `insert into feed_entries (user_id, n, at, chat_id, kind, seq)
    select '${ME}', n, now() - (${messages} - n) * interval '1 second', '${BIG_CHAT}', 'message', n
    from generate_series(1, ${messages}) as n`,
  `insert into feeds (user_id, n) select 'u' || n, 2 from generate_series(1, ${users} - 1) as n`,
  `insert into feed_entries (user_id, n, at, chat_id, kind, seq)
    select 'u' || n, seq, now(), 'other ' || n, 'message', seq
    from generate_series(1, ${users} - 1) as n, generate_series(1, 2) as seq`,
  'vacuum analyze',
];
