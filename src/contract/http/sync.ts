import * as z from 'zod';
import { Chat, Member } from './chats.ts';
import type { Endpoint } from './endpoint.ts';
import { text } from './fields.ts';
import { ChatParams, Message } from './messages.ts';
import { once } from './once.ts';

export type { FeedKind } from '../sockets/chats.ts';
export { FEED_KINDS } from '../sockets/chats.ts';

/** For how long the feed of a user is kept, in days [M24]. */
export const FEED_DAYS = 30;

/** How much a page of changes has at most: entries, and about so many bytes, but at least one. */
export const SYNC_PAGE = { entries: 200, bytes: 1024 * 1024 } as const;

/** What every entry of a feed has. */
const entryFields = once(() => ({
  n: z.int().describe('The number in my feed'),
  chatId: z.string(),
}));

/** A change, as it is now: what an entry is about is read when it is asked for. */
export const Change = once(() =>
  z.discriminatedUnion('type', [
    z
      .object({ type: z.literal('message'), ...entryFields(), message: Message })
      .describe('A message is new, or was edited or deleted'),
    z
      .object({ type: z.literal('chat'), ...entryFields(), chat: Chat() })
      .describe(
        'A chat is new for me, or its name, photo, my role or the key of the other changed',
      ),
    z
      .object({
        type: z.literal('member'),
        ...entryFields(),
        userId: z.string(),
        member: Member().nullable().describe('null: not in it any more'),
      })
      .describe('Somebody came, went, or has another role'),
    z
      .object({ type: z.literal('read'), ...entryFields(), userId: z.string(), readSeq: z.int() })
      .describe('A mark grew, mine or of another member'),
    z
      .object({ type: z.literal('left'), ...entryFields() })
      .describe('I am no longer in the chat: forget it. If I came back, `chat` follows'),
  ]),
);

export type Change = z.output<ReturnType<typeof Change>>;

/** Tells what changed. */
export const sync = {
  method: 'get',
  path: '/api/sync',
  summary: 'What changed for me in all my chats since a cursor, in order and in pages',
  bearer: true,
  query: z.object({
    since: text('invalid_field')
      .max(128, 'invalid_field')
      .optional()
      .describe('`next` of the answer before; the first time none'),
    limit: z
      .string()
      .regex(/^([1-9]\d?|1\d\d|200)$/, 'invalid_field')
      .transform(Number)
      .optional()
      .describe('How many entries of the feed a page is of: 1 to 200; 200 when absent'),
  }),
  success: {
    status: 200,
    body: () =>
      z.object({
        changes: z.array(Change()),
        next: z.string().describe('The cursor to ask with from now on'),
        n: z.int().describe('The number in my feed that `next` stands at'),
        more: z.boolean().describe('There is more: ask again at once'),
        reset: z
          .boolean()
          .describe(
            'The first time, or the cursor cannot be gone on from: read the list of chats and ' +
              'their messages anew, then go on from `next`',
          ),
        large: z
          .array(z.object({ chatId: z.string(), version: z.int() }))
          .describe('My large chats, on the last page: compare their versions'),
      }),
  },
  errors: ['invalid_field'],
} as const satisfies Endpoint;

/** Tells what changed in one chat. */
export const chatChanges = {
  method: 'get',
  path: '/api/chats/:id/changes',
  summary: 'The messages of a chat that changed after a version, in the order of their versions',
  bearer: true,
  params: ChatParams,
  query: z.object({
    since: z
      .string()
      .regex(/^(0|[1-9]\d{0,14})$/, 'invalid_field')
      .meta({ example: '0' })
      .transform(Number)
      .describe('A `version` of the chat'),
  }),
  success: {
    status: 200,
    body: () =>
      z.object({
        chat: Chat(),
        messages: z.array(Message),
        version: z
          .int()
          .describe('Ask with it from now on; below `since`: the chat was restored, read it anew'),
        more: z.boolean(),
      }),
  },
  errors: ['invalid_field', 'chat_not_found'],
} as const satisfies Endpoint;
