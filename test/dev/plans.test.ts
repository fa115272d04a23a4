import { neonConfig } from '@neondatabase/serverless';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChat, listChats, listMembers } from '../../src/chats/store.ts';
import { readChanges, readFeed } from '../../src/feed/store.ts';
import {
  findMessage,
  listMessages,
  moveReadMark,
  openChat,
} from '../../src/messages/reading-store.ts';
import { addMessage, deleteMessage, editMessage } from '../../src/messages/store.ts';
import { findPeople } from '../../src/people/search-store.ts';
import type { Database } from '../../src/platform/db/client.ts';
import { createDatabase } from '../../src/platform/db/client.ts';
import { DatabaseUnderTest } from './support/database.ts';
import { BIG_CHAT, growTo, ME } from './support/grown.ts';
import { nodesOf, plansOf } from './support/recorded.ts';

/** How many users the database has, and messages a chat of theirs. */
const GROWN_USERS = Number(process.env.GROWN_USERS ?? 20_000);
const MESSAGES = GROWN_USERS;
const TIMEOUT_MS = 120_000 + GROWN_USERS;

let database: DatabaseUnderTest;
let db: Database;

beforeAll(async () => {
  database = await DatabaseUnderTest.open();
  await database.migrate();
  await database.run(
    ...growTo({ users: GROWN_USERS, messages: MESSAGES, chats: GROWN_USERS / 400 }),
  );
  db = createDatabase(database.url, String(neonConfig.fetchEndpoint));
}, TIMEOUT_MS);
afterAll(() => database.close());

/** The tables that grow with people, chats and messages. */
const GROWING = new Set([
  ...['users', 'user_names', 'chats', 'chat_members', 'messages', 'feeds', 'feed_entries'],
]);

const place = { chatId: BIG_CHAT, userId: ME };
const now = Date.now();
const since = (n: number) => ({ n, at: now });

type Statement = readonly [string, () => Promise<unknown>];

const READS: readonly Statement[] = [
  ['the list of chats', () => listChats(db, ME)],
  ['one chat', () => findChat(db, ME, BIG_CHAT)],
  ['the members of a chat', () => listMembers(db, { ...place, after: '', limit: 100 })],
  ['the newest messages', () => listMessages(db, { ...place, before: undefined, limit: 100 })],
  ['a page of messages', () => listMessages(db, { ...place, before: MESSAGES / 2, limit: 100 })],
  ['one message', () => findMessage(db, place, 'b77')],
  ['a feed without a cursor', () => readFeed(db, { userId: ME, since: undefined, limit: 100 })],
  ['a page of a feed', () => readFeed(db, { userId: ME, since: since(MESSAGES / 2), limit: 100 })],
  ['the end of a feed', () => readFeed(db, { userId: ME, since: since(MESSAGES - 1), limit: 100 })],
  ['a search of what many are called', () => findPeople(db, { userId: ME, name: 'ан', now })],
  ['a search of what nobody is called', () => findPeople(db, { userId: ME, name: 'щжъ', now })],
  ['the changes of a chat', () => readChanges(db, { ...place, since: MESSAGES / 2 })],
];

const WRITES: readonly Statement[] = [
  ['opening a chat as legacy clients do', () => openChat(db, { chatId: 'mine 7', userId: ME })],
  ['moving a mark', () => moveReadMark(db, { ...place, seq: MESSAGES - 5, now })],
  [
    'sending a message',
    () => addMessage(db, { ...place, text: 'a', attachment: undefined, clientId: 'c', now }),
  ],
  ['editing a message', () => editMessage(db, { ...place, messageId: 'b50', text: 'b', now })],
  ['deleting the last message', () => deleteMessage(db, { ...place, messageId: 'b50', now })],
];

describe('no table that grows is read from end to end', { timeout: TIMEOUT_MS }, () => {
  test.each([...READS, ...WRITES])('for %s', async (_, run) => {
    const plans = await plansOf(run);
    expect(plans.length).toBeGreaterThan(0);
    const reads = plans.flatMap(nodesOf).filter((node) => /Scan$/.test(node['Node Type']));
    const whole = reads.filter(
      (node) =>
        (node['Node Type'] === 'Seq Scan' && GROWING.has(node['Relation Name'] ?? '')) ||
        (node['Node Type'].includes('Index') &&
          node['Index Cond'] === undefined &&
          // It holds large chats alone.
          node['Index Name'] !== 'chats_large_idx'),
    );
    expect(whole).toEqual([]);
    expect(reads.some((node) => node['Index Cond'] !== undefined)).toBe(true);
  });
});

describe('no more is read than is answered', { timeout: TIMEOUT_MS }, () => {
  test.each(READS)('for %s', async (_, run) => {
    const plans = await plansOf(run, 'analyze, timing off, format json');
    const rows = plans
      .flatMap(nodesOf)
      .map((node) => (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 0));
    expect(Math.max(...rows)).toBeGreaterThan(0);
    // A page of 100 and one more, and a few rows that belong to each of them.
    expect(Math.max(...rows)).toBeLessThan(500);
  });
});
