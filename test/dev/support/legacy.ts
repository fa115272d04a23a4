/**
 * A database as the legacy server left it: the statements it made it with, and rows in every table.
 */
export interface LegacyDatabase {
  readonly tables: readonly string[];
  readonly rows: readonly string[];
}

const USERS = `CREATE TABLE IF NOT EXISTS users (
  id TEXT PRIMARY KEY, phone TEXT UNIQUE NOT NULL, username TEXT UNIQUE, display_name TEXT, public_key TEXT,
  created_at TIMESTAMP DEFAULT NOW(), updated_at TIMESTAMP DEFAULT NOW())`;
const USERS_INDEX = 'CREATE INDEX IF NOT EXISTS idx_users_username ON users (LOWER(username))';
const CHATS = `CREATE TABLE IF NOT EXISTS chats (
  id TEXT PRIMARY KEY, type TEXT DEFAULT 'user', name TEXT, photo TEXT, last_message TEXT, last_time TIMESTAMP, meta JSONB,
  created_at TIMESTAMP DEFAULT NOW())`;
const CHAT_MEMBERS = `CREATE TABLE IF NOT EXISTS chat_members (
  chat_id TEXT REFERENCES chats(id), user_id TEXT, role TEXT DEFAULT 'member', joined_at TIMESTAMP DEFAULT NOW(),
  PRIMARY KEY (chat_id, user_id))`;
const MESSAGES = `CREATE TABLE IF NOT EXISTS messages (
  id TEXT PRIMARY KEY, chat_id TEXT REFERENCES chats(id), sender_id TEXT, text TEXT DEFAULT '', attachment JSONB,
  created_at TIMESTAMP DEFAULT NOW())`;
const MESSAGE_LOGS = `CREATE TABLE IF NOT EXISTS message_logs (
  id SERIAL PRIMARY KEY, from_user TEXT, to_user TEXT, timestamp TIMESTAMP DEFAULT NOW(), ip INET)`;

const USER_ROWS = `INSERT INTO users (id, phone, username, display_name, public_key, created_at, updated_at) VALUES
  ('0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0001', '+79990000001', 'ivan', E'Иван 🐦 O''Neil\\n"второй"', '{"kty":"EC"}',
    '2023-02-28 23:59:59.999999', '2024-02-29 12:00:00.5'),
  ('0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0002', '+79990000002', NULL, '', NULL, NULL, NULL),
  ('0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0003', '+79990000003', 'Olga_77', '名前 𝕏', '', '1999-12-31 00:00:00', '2025-01-01 00:00:00')`;
const OLD_USER_ROWS = `INSERT INTO users (id, phone, public_key, created_at) VALUES
  ('0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0001', '+79990000001', '{"kty":"EC"}', '2023-02-28 23:59:59.999999'),
  ('0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0002', '+79990000002', NULL, NULL)`;
const CHAT_ROWS = `INSERT INTO chats (id, type, name, photo, last_message, last_time, meta, created_at) VALUES
  ('chat-1', 'user', NULL, NULL, 'привет 👋', '2024-05-05 05:05:05.050505', NULL, '2024-05-05 05:05:05'),
  ('chat-2', 'channel', 'Новости', 'data:image/png;base64,AAAA', '', NULL,
    '{"admins": ["ivan"], "shareLink": "https://aist.example/c/1", "n": 1.50, "пусто": null, "deep": {"list": [1, [2, "три"]]}}', NULL)`;
const MEMBER_ROWS = `INSERT INTO chat_members (chat_id, user_id, role, joined_at) VALUES
  ('chat-1', '0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0001', 'member', '2024-05-05 05:05:05.000001'),
  ('chat-1', 'somebody-who-is-gone', 'admin', NULL),
  ('chat-2', '0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0001', 'owner', '2024-06-06 06:06:06')`;
const MESSAGE_ROWS = `INSERT INTO messages (id, chat_id, sender_id, text, attachment, created_at) VALUES
  ('m-1', 'chat-1', '0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0001', E'строка\\nи ещё\\tодна \\\\ 🏳️‍🌈', NULL, '2024-05-05 05:05:05.050505'),
  ('m-2', 'chat-1', 'somebody-who-is-gone', '', '{"type": "file", "size": 12345678901234567890, "name": "счёт.pdf"}', NULL),
  ('m-3', NULL, NULL, NULL, '[]', '2024-05-05 05:05:06')`;
const LOG_ROWS = `INSERT INTO message_logs (from_user, to_user, timestamp, ip) VALUES
  ('a', 'b', '2022-01-01 00:00:00.123456', '192.0.2.7'), (NULL, 'b', NULL, '2001:db8::1/64'), ('a', NULL, '2022-01-02', NULL)`;

const full: LegacyDatabase = {
  tables: [USERS, USERS_INDEX, CHATS, CHAT_MEMBERS, MESSAGES, MESSAGE_LOGS],
  rows: [USER_ROWS, CHAT_ROWS, MEMBER_ROWS, MESSAGE_ROWS, LOG_ROWS],
};
const OLD_USERS = `CREATE TABLE IF NOT EXISTS users (
  id TEXT PRIMARY KEY, phone TEXT UNIQUE NOT NULL, public_key TEXT, created_at TIMESTAMP DEFAULT NOW())`;

/** Every shape in which databases of the legacy server exist. */
export const LEGACY_DATABASES: Readonly<Record<string, LegacyDatabase>> = {
  'the full one': full,
  'one without username, display_name and updated_at': {
    tables: [OLD_USERS, CHATS, CHAT_MEMBERS, MESSAGES, MESSAGE_LOGS],
    rows: [OLD_USER_ROWS, CHAT_ROWS, MEMBER_ROWS, MESSAGE_ROWS, LOG_ROWS],
  },
  'one without chats, chat_members and messages': {
    tables: [USERS, USERS_INDEX, MESSAGE_LOGS],
    rows: [USER_ROWS, LOG_ROWS],
  },
  'the oldest one, without any of these': {
    tables: [OLD_USERS, MESSAGE_LOGS],
    rows: [OLD_USER_ROWS, LOG_ROWS],
  },
  'one whose columns were added one by one': {
    tables: [
      OLD_USERS,
      'ALTER TABLE users ADD COLUMN IF NOT EXISTS updated_at TIMESTAMP DEFAULT NOW()',
      'ALTER TABLE users ADD COLUMN IF NOT EXISTS display_name TEXT',
      'ALTER TABLE users ADD COLUMN IF NOT EXISTS username TEXT UNIQUE',
      USERS_INDEX,
      MESSAGE_LOGS,
      CHATS,
      MESSAGES,
      CHAT_MEMBERS,
    ],
    rows: [USER_ROWS, CHAT_ROWS, MEMBER_ROWS, MESSAGE_ROWS, LOG_ROWS],
  },
  'one with stricter columns and keys that cascade': {
    tables: [
      USERS,
      USERS_INDEX,
      CHATS.replace("type TEXT DEFAULT 'user'", "type TEXT NOT NULL DEFAULT 'user'"),
      CHAT_MEMBERS.replace(
        'REFERENCES chats(id)',
        'NOT NULL REFERENCES chats(id) ON DELETE CASCADE',
      ),
      MESSAGES.replace('REFERENCES chats(id)', 'NOT NULL REFERENCES chats(id) ON DELETE CASCADE')
        .replace('sender_id TEXT', 'sender_id TEXT NOT NULL')
        .replace("text TEXT DEFAULT ''", "text TEXT NOT NULL DEFAULT ''"),
      MESSAGE_LOGS.replace(
        'from_user TEXT, to_user TEXT',
        'from_user TEXT NOT NULL, to_user TEXT NOT NULL',
      ),
    ],
    rows: [USER_ROWS, CHAT_ROWS, MEMBER_ROWS, MESSAGE_ROWS.replace(/,\s*\('m-3'.*$/s, '')],
  },
};

/** The full shape, which the tests of names and failures start from. */
export const FULL_LEGACY: LegacyDatabase = full;
