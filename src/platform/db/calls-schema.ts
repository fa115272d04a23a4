import {
  boolean,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';

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
    /** caller, callee, or unheard: a callee who has blocked the caller. */
    role: text('role').notNull(),
    joined: boolean('joined').notNull(),
    /** Whether it rang for them and they neither took nor declined it. */
    missed: boolean('missed').notNull().default(false),
    /**
     * Copied from the call, so that a user's history is one walk along the index; or when they were
     * invited into it.
     */
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
