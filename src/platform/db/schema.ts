import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  inet,
  integer,
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
    /** Grows with each other key; means nothing as long as there is no key. */
    keyVersion: integer('key_version').notNull().default(1),
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

/**
 * What people are found by; triggers keep it as their names are. Who is in layer n + 1 is one of
 * about sixteen in layer n: a search that begins with the smallest layer ends early where many have
 * the name, whatever the index holds.
 */
export const userNames = pgTable(
  'user_names',
  {
    userId: text('user_id').primaryKey(),
    /** 0 to 4, by chance. */
    layer: text('layer').notNull(),
    /** Username and display name in small letters, on a line each. */
    name: text('name').notNull(),
  },
  (table) => [
    // Without fastupdate, or each search would read what was not sorted in yet.
    index('user_names_grams_idx')
      .using('gin', sql`name_grams(${table.layer}, ${table.name}, '{2,3}')`)
      .with({ fastupdate: false }),
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

export const chats = pgTable(
  'chats',
  {
    id: text('id').primaryKey(),
    /** user (personal), group or channel; null counts as user. */
    type: text('type').default('user'),
    name: text('name'),
    photo: text('photo'),
    lastMessage: text('last_message'),
    lastTime: timestamp('last_time'),
    /** What legacy clients give a group or channel: description, shareLink, admins, moderators. */
    meta: jsonb('meta'),
    createdAt: timestamp('created_at').defaultNow(),
    /** The `seq` of the last message; 0 = there was none. */
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
    /** Counts the changes of the chat. */
    version: bigint('version', { mode: 'number' }).notNull().default(0),
    /** `<lower user id>:<higher user id>` of a personal chat; null in all others. */
    pair: text('pair'),
    /** Whether it ever had more members than feeds are written for; it stays so. */
    large: boolean('large').notNull().default(false),
  },
  (table) => [
    uniqueIndex('chats_pair_idx').on(table.pair),
    // Who asks what is new is told of their large chats each time.
    index('chats_large_idx').on(table.id).where(sql`${table.large}`),
  ],
);

export const chatMembers = pgTable(
  'chat_members',
  {
    chatId: text('chat_id').notNull(),
    userId: text('user_id').notNull(),
    role: text('role').default('member'),
    joinedAt: timestamp('joined_at').defaultNow(),
    /** The member reads the messages after this `seq`: those from before they joined are hidden. */
    fromSeq: bigint('from_seq', { mode: 'number' }).notNull().default(0),
    /** The `seq` up to which the member has read. */
    readSeq: bigint('read_seq', { mode: 'number' }).notNull().default(0),
    /** How many messages after `readSeq` are the member's own. */
    ownUnread: integer('own_unread').notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'chat_members_pkey', columns: [table.chatId, table.userId] }),
    index('chat_members_user_id_idx').on(table.userId, table.chatId),
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
    /** The place in the chat: 1, 2, 3 and so on, without gaps. Null only where the chat is null. */
    seq: bigint('seq', { mode: 'number' }),
    /** The version of the chat that last changed the message. */
    version: bigint('version', { mode: 'number' }),
    /** The sender's own id of the message: a second one with it is the same message. */
    clientId: text('client_id'),
    /** How long the attachment is as JSON, in characters; null = not known, or there is none. */
    attachmentSize: integer('attachment_size'),
    editedAt: timestamp('edited_at', { withTimezone: true }),
    /** A deleted message keeps its row and its `seq`, without text and attachment. */
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('messages_seq_idx').on(table.chatId, table.seq),
    uniqueIndex('messages_client_id_idx')
      .on(table.chatId, table.senderId, table.clientId)
      .where(sql`${table.clientId} is not null`),
    index('messages_version_idx').on(table.chatId, table.version),
    foreignKey({
      name: 'messages_chat_id_fkey',
      columns: [table.chatId],
      foreignColumns: [chats.id],
    }),
  ],
);

/** How far the feed of a user has come: what changed for them in all their chats. */
export const feeds = pgTable('feeds', {
  userId: text('user_id').primaryKey(),
  /** The number of the last entry. */
  n: bigint('n', { mode: 'number' }).notNull().default(0),
  /** When that entry was written: later than the one before. */
  at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
});

/** What changed for a user. An entry says what to read again, and holds nothing of it. */
export const feedEntries = pgTable(
  'feed_entries',
  {
    userId: text('user_id').notNull(),
    n: bigint('n', { mode: 'number' }).notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    chatId: text('chat_id').notNull(),
    /** One of `FEED_KINDS` (contract/sockets/chats.ts). */
    kind: text('kind').notNull(),
    /** The message that it is about. */
    seq: bigint('seq', { mode: 'number' }),
    /** The member that it is about. */
    about: text('about'),
  },
  (table) => [
    primaryKey({ name: 'feed_entries_pkey', columns: [table.userId, table.n] }),
    // A mark that moves replaces the entry of the one before, or marks would be most of the table.
    uniqueIndex('feed_entries_read_idx')
      .on(table.userId, table.chatId, table.about)
      .where(sql`${table.kind} = 'read'`),
    index('feed_entries_at_idx').on(table.at),
  ],
);

/** Who has blocked whom. */
export const blocks = pgTable(
  'blocks',
  {
    userId: text('user_id').notNull(),
    blockedId: text('blocked_id').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'blocks_pkey', columns: [table.userId, table.blockedId] }),
    index('blocks_blocked_id_idx').on(table.blockedId, table.userId),
  ],
);

/** Where a session gets pushes: a browser's subscription, as RFC 8291 encrypts for it. */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    userId: text('user_id').notNull(),
    sessionId: text('session_id').notNull(),
    endpoint: text('endpoint').notNull(),
    p256dh: text('p256dh').notNull(),
    auth: text('auth').notNull(),
    /** The key of the server that the browser subscribed with: with another, pushes are refused. */
    serverKey: text('server_key').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** When the session ends by itself. */
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'push_subscriptions_pkey', columns: [table.userId, table.sessionId] }),
    // A browser has one, whoever is signed in there.
    unique('push_subscriptions_endpoint_key').on(table.endpoint),
    index('push_subscriptions_expires_at_idx').on(table.expiresAt),
  ],
);

/** How much of a limit a user has used, kept here so that a request asks one store alone. */
export const userRates = pgTable(
  'user_rates',
  {
    userId: text('user_id').notNull(),
    /** What is limited: messages, searches and so on. */
    name: text('name').notNull(),
    /** GCRA theoretical arrival time: all that was used is free again then. */
    freeAt: timestamp('free_at', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ name: 'user_rates_pkey', columns: [table.userId, table.name] })],
);

export const messageLogs = pgTable('message_logs', {
  id: serial('id').primaryKey(),
  fromUser: text('from_user'),
  toUser: text('to_user'),
  timestamp: timestamp('timestamp').defaultNow(),
  ip: inet('ip'),
});
