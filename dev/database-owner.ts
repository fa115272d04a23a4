import type { NeonQueryFunction } from '@neondatabase/serverless';

type Sql = NeonQueryFunction<false, false>;

/** The types of the columns of a table, by their names. */
type Columns = Readonly<Record<string, string>>;

const TEXT = 'text';
const TIME = 'timestamp without time zone';

/**
 * The tables of the legacy server with the columns that its installs may have; all others are left
 * alone.
 */
const LEGACY_TABLES: Readonly<Record<string, Columns>> = {
  users: {
    ...{ id: TEXT, phone: TEXT, username: TEXT, display_name: TEXT, public_key: TEXT },
    ...{ created_at: TIME, updated_at: TIME },
  },
  chats: {
    ...{ id: TEXT, type: TEXT, name: TEXT, photo: TEXT, last_message: TEXT, last_time: TIME },
    ...{ meta: 'jsonb', created_at: TIME },
  },
  chat_members: { chat_id: TEXT, user_id: TEXT, role: TEXT, joined_at: TIME },
  messages: {
    ...{ id: TEXT, chat_id: TEXT, sender_id: TEXT, text: TEXT, attachment: 'jsonb' },
    created_at: TIME,
  },
  message_logs: { id: 'integer', from_user: TEXT, to_user: TEXT, timestamp: TIME, ip: 'inet' },
};

/** What the oldest install of the legacy server has: no database without it is a legacy one. */
const LEGACY_CORE: Readonly<Record<string, readonly string[]>> = {
  users: ['id', 'phone', 'public_key', 'created_at'],
  message_logs: ['id', 'from_user', 'to_user', 'timestamp', 'ip'],
};

/** Tables that the legacy server never had. Without our journal they are somebody else's. */
const LINKS = ['telegram_links', 'former_links'];
const CHATS = ['blocks', 'feeds', 'feed_entries', 'user_rates', 'user_names', 'name_changes'];
const NEW_TABLES = [...LINKS, ...CHATS, 'renamed_usernames', 'calls', 'call_members'];

/**
 * Reads all tables and views of a database with their columns, except those of the system, of
 * extensions, and drizzle's journal.
 */
const readTables = async (sql: Sql): Promise<ReadonlyMap<string, Columns>> => {
  const rows = await sql`
    select case when nspname = 'public' then relname else nspname || '.' || relname end as name,
      coalesce(
        json_object_agg(attname, format_type(atttypid, null)) filter (where attname is not null),
        '{}'
      )::text as columns
    from pg_class
    join pg_namespace on pg_namespace.oid = relnamespace
    left join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    where relkind in ('r', 'p', 'v', 'm', 'f')
      and nspname !~ '^pg_' and nspname <> 'information_schema'
      and not (nspname = 'drizzle' and relname = '__drizzle_migrations')
      and not exists (
        select from pg_depend
        where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e'
      )
    group by 1 order by 1`;
  return new Map(rows.map(({ name, columns }) => [String(name), JSON.parse(String(columns))]));
};

/** Reads when the applied migrations were made; undefined where there is no journal. */
const readJournal = async (sql: Sql): Promise<readonly number[] | undefined> => {
  const [row] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as there`;
  if (!row?.there) return undefined;
  const lines = await sql`select created_at from drizzle.__drizzle_migrations`;
  return lines.map(({ created_at }) => Number(created_at));
};

/** Lists what the legacy server did not make so in these tables. */
const listDeviations = (tables: ReadonlyMap<string, Columns>): string[] =>
  Object.entries(LEGACY_TABLES).flatMap(([table, wanted]) => {
    const found = tables.get(table);
    if (!found) return [];
    const needed = LEGACY_CORE[table] ?? ['id'].filter((name) => name in wanted);
    const missing = needed.filter((name) => !(name in found));
    const other = Object.entries(wanted).filter(([name, type]) => (found[name] ?? type) !== type);
    return [
      ...missing.map((name) => `${table} has no column ${name}`),
      ...other.map(([name, type]) => `${table}.${name} is ${found[name]}, not ${type}`),
    ];
  });

/** How many names a message shows before it counts the rest. */
const NAMED = 5;

const joinNames = (names: readonly string[]): string => {
  const first = names.slice(0, NAMED).join(', ');
  return names.length <= NAMED ? first : `${first} and ${names.length - NAMED} more`;
};

/**
 * Explains why a database is neither empty nor ours nor the legacy server's; undefined when it is
 * one of these.
 */
const explainForeignness = async (
  sql: Sql,
  ours: ReadonlySet<number>,
): Promise<string | undefined> => {
  // The journal is read last: what another session migrates meanwhile and the tables show, the
  // journal shows too.
  const tables = await readTables(sql);
  const journal = await readJournal(sql);
  const strange = listDeviations(tables);
  if (strange.length > 0) return joinNames(strange);
  if (journal?.some((created) => ours.has(created))) return undefined;
  if (journal && journal.length > 0) {
    return 'its migrations (drizzle.__drizzle_migrations) are not AIST’s';
  }
  const names = [...tables.keys()];
  if (names.length === 0) return undefined;
  const isLegacy = Object.keys(LEGACY_CORE).every((name) => tables.has(name));
  if (!isLegacy) return `its tables are ${joinNames(names)}`;
  const newer = names.filter((name) => NEW_TABLES.includes(name));
  return newer.length > 0 ? `it has ${joinNames(newer)}, but no list of migrations` : undefined;
};

/**
 * Makes sure that a database may be migrated: it is empty, we have migrated it before, or the
 * legacy server made it.
 *
 * @param ours the times of our migrations, as the journal has them
 * @throws {Error} when it is somebody else's; the message names it and says what to do
 */
export const checkOwnership = async (sql: Sql, ours: ReadonlySet<number>): Promise<void> => {
  const reason = await explainForeignness(sql, ours);
  if (reason === undefined) return;
  const [row] = await sql`select current_database() as name`;
  throw new Error(
    `The database "${row?.name}" is not AIST's: ${reason}. Nothing in it was changed.
Set DATABASE_URL to a database of AIST's own, for example an empty one (createdb aist), \
or unset it: npm start brings its own.`,
  );
};
