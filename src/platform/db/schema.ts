import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  inet,
  jsonb,
  pgTable,
  primaryKey,
  serial,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

/**
 * The database. Tables and names up to `messageLogs` are those of the legacy server: its timestamps
 * have no zone and mean UTC, and PostgreSQL named its constraints.
 */

export const users = pgTable(
  'users',
  {
    /** UUID v4. */
    id: text('id').primaryKey(),
    /** E.164. */
    phone: text('phone').notNull(),
    username: text('username'),
    displayName: text('display_name'),
    publicKey: text('public_key'),
    createdAt: timestamp('created_at').defaultNow(),
    updatedAt: timestamp('updated_at').defaultNow(),
  },
  (table) => [
    unique('users_phone_key').on(table.phone),
    unique('users_username_key').on(table.username),
    // The legacy index of the same name was not unique.
    uniqueIndex('idx_users_username').on(sql`lower(${table.username})`),
  ],
);

/** Usernames that a migration changed, because they differed from an older one in case alone. */
export const renamedUsernames = pgTable('renamed_usernames', {
  userId: text('user_id').primaryKey(),
  oldUsername: text('old_username').notNull(),
  newUsername: text('new_username').notNull(),
  renamedAt: timestamp('renamed_at', { withTimezone: true }).notNull().defaultNow(),
});

/**
 * Which chat a phone was linked to before, until another one proves the number: then the sessions
 * from before end, and the row goes.
 */
export const formerLinks = pgTable('former_links', {
  phone: text('phone').primaryKey(),
  chatId: bigint('chat_id', { mode: 'number' }).notNull(),
  /** What the person there reads: ru or en; null = ru. */
  language: text('language'),
});

/** Which private Telegram chat the codes of a phone go to. */
export const telegramLinks = pgTable(
  'telegram_links',
  {
    phone: text('phone').primaryKey(),
    chatId: bigint('chat_id', { mode: 'number' }).notNull(),
    linkedAt: timestamp('linked_at', { withTimezone: true }).notNull().defaultNow(),
    /** When Telegram said that the person blocked the bot; the link rests until they write. */
    blockedAt: timestamp('blocked_at', { withTimezone: true }),
    /** What the person there reads: ru or en; null = ru. */
    language: text('language'),
    /** Whether the person shared their own contact; links of other bots prove nothing. */
    proved: boolean('proved').notNull().default(false),
    /** Whether the chat is told of missed calls. */
    missedCalls: boolean('missed_calls').notNull().default(true),
  },
  (table) => [index('telegram_links_chat_id_idx').on(table.chatId)],
);

export const chats = pgTable('chats', {
  id: text('id').primaryKey(),
  type: text('type').default('user'),
  name: text('name'),
  photo: text('photo'),
  lastMessage: text('last_message'),
  lastTime: timestamp('last_time'),
  meta: jsonb('meta'),
  createdAt: timestamp('created_at').defaultNow(),
});

export const chatMembers = pgTable(
  'chat_members',
  {
    chatId: text('chat_id').notNull(),
    userId: text('user_id').notNull(),
    role: text('role').default('member'),
    joinedAt: timestamp('joined_at').defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'chat_members_pkey', columns: [table.chatId, table.userId] }),
    foreignKey({
      name: 'chat_members_chat_id_fkey',
      columns: [table.chatId],
      foreignColumns: [chats.id],
    }),
  ],
);

export const messages = pgTable(
  'messages',
  {
    id: text('id').primaryKey(),
    chatId: text('chat_id'),
    senderId: text('sender_id'),
    text: text('text').default(''),
    attachment: jsonb('attachment'),
    createdAt: timestamp('created_at').defaultNow(),
  },
  (table) => [
    foreignKey({
      name: 'messages_chat_id_fkey',
      columns: [table.chatId],
      foreignColumns: [chats.id],
    }),
  ],
);

export const messageLogs = pgTable('message_logs', {
  id: serial('id').primaryKey(),
  fromUser: text('from_user'),
  toUser: text('to_user'),
  timestamp: timestamp('timestamp').defaultNow(),
  ip: inet('ip'),
});

/** Calls that are over. Users may be deleted, and their calls with others stay. */
export const calls = pgTable('calls', {
  id: text('id').primaryKey(),
  callerId: text('caller_id').notNull(),
  video: boolean('video').notNull(),
  /** How it ended: one of `REASONS` (contract/sockets/call.ts). */
  reason: text('reason').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  acceptedAt: timestamp('accepted_at', { withTimezone: true }),
  endedAt: timestamp('ended_at', { withTimezone: true }).notNull(),
  /** The id of the try that tells those who missed it; null as long as none does. */
  toldBy: text('told_by'),
});

/** Who was in a call or was called, the caller included. */
export const callMembers = pgTable(
  'call_members',
  {
    callId: text('call_id').notNull(),
    userId: text('user_id').notNull(),
    /** caller or callee. */
    role: text('role').notNull(),
    joined: boolean('joined').notNull(),
    /** Whether it rang for them and they neither took nor declined it. */
    missed: boolean('missed').notNull().default(false),
    /** Copied from the call, so that a user's history is one walk along the index. */
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'call_members_pkey', columns: [table.callId, table.userId] }),
    foreignKey({
      name: 'call_members_call_id_fkey',
      columns: [table.callId],
      foreignColumns: [calls.id],
    }),
    index('call_members_history_idx').on(table.userId, table.createdAt, table.callId),
  ],
);
