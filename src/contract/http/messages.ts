import * as z from 'zod';
import { Message } from '../sockets/chats.ts';
import { SentAttachment } from './attachment.ts';
import type { Endpoint } from './endpoint.ts';
import { text } from './fields.ts';

export { Attachment, INLINE_ATTACHMENT_LIMIT, Message } from '../sockets/chats.ts';

/** The longest text of a message, in characters after trimming [M12]. */
export const TEXT_LIMIT = 4_000;

/** The largest body of a message, in bytes: an attachment is in it as a `data:` URL [M13]. */
export const MESSAGE_BODY_LIMIT = 1536 * 1024;

/** How many messages a page has: by default for who pages, at most, and for who does not. */
export const MESSAGE_PAGE = { usual: 50, most: 100, legacy: 1_000 } as const;

/** How long the messages of a page are together, in bytes: beyond it there is more [M16]. */
export const MESSAGE_PAGE_BYTES = 8 * 1024 * 1024;

/** The form of an id of a chat or a message. */
const ID = /^[\w-]{1,64}$/;

/** The `:id` of a chat. */
export const ChatParams = z.object({ id: z.string().regex(ID, 'chat_not_found') });

/** The `:id` of a chat and the `:messageId` of one of its messages. */
export const MessageParams = ChatParams.extend({
  messageId: z.string().regex(ID, 'message_not_found'),
});

/** The text of a message that is sent or edited, trimmed; it may be empty beside an attachment. */
const messageText = text('invalid_field')
  .transform((value) => value.trim())
  .refine(
    // No character has more than two units: what is far too long need not be counted.
    (value) => value.length <= 2 * TEXT_LIMIT && [...value].length <= TEXT_LIMIT,
    'message_too_long',
  );

/** Sends a message. */
export const sendMessage = {
  method: 'post',
  path: '/api/chats/:id/messages',
  summary:
    'Send a message. With a `clientId` it is sent once, however often it is tried: 201 the first ' +
    'time, 200 with the same message after',
  bearer: true,
  params: ChatParams,
  example: { text: 'Привет!', clientId: 'b1c0e1f6-1' },
  body: z
    .object({
      text: messageText.default(''),
      attachment: SentAttachment.optional().describe(
        '`url`: a `data:` URL of an image or video type that is allowed, or `https:`',
      ),
      clientId: text('invalid_field')
        .regex(/^[\w-]{1,64}$/, 'invalid_field')
        .optional()
        .describe('Mine alone, for this message in this chat'),
    })
    .refine(({ text, attachment }) => text !== '' || attachment, 'message_empty'),
  success: { status: 201, again: 200, body: () => Message },
  errors: [
    'invalid_field',
    'message_empty',
    'message_too_long',
    'invalid_attachment',
    'attachment_too_large',
    'chat_not_found',
    'not_allowed_in_chat',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

/** Lists messages. */
export const listMessages = {
  method: 'get',
  path: '/api/chats/:id/messages',
  summary:
    'The messages of a chat, oldest first: without `before` and `limit` the newest 1,000, with ' +
    'them a page. The header X-Has-More: 1 says that there are older ones',
  bearer: true,
  params: ChatParams,
  query: z.object({
    before: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, 'invalid_field')
      .transform(Number)
      .optional()
      .describe('A `seq`: only messages before it'),
    limit: z
      .string()
      .regex(/^([1-9]\d?|100)$/, 'invalid_field')
      .transform(Number)
      .optional()
      .describe('1 to 100; 50 when only `before` is there'),
  }),
  success: { status: 200, body: () => z.array(Message) },
  errors: ['invalid_field', 'chat_not_found'],
} as const satisfies Endpoint;

/** Reads one message, its attachment included. */
export const getMessage = {
  method: 'get',
  path: '/api/chats/:id/messages/:messageId',
  summary: 'One message with its whole attachment',
  bearer: true,
  params: MessageParams,
  success: { status: 200, body: () => Message },
  errors: ['chat_not_found', 'message_not_found'],
} as const satisfies Endpoint;

/** Edits a message. */
export const editMessage = {
  method: 'patch',
  path: '/api/chats/:id/messages/:messageId',
  summary: 'Change the text of a message of mine',
  bearer: true,
  params: MessageParams,
  example: { text: 'Привет!' },
  body: z.object({ text: messageText }),
  success: { status: 200, body: () => Message },
  errors: [
    'invalid_field',
    'message_empty',
    'message_too_long',
    'chat_not_found',
    'message_not_found',
    'not_allowed_in_chat',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

/** Deletes a message. */
export const deleteMessage = {
  method: 'delete',
  path: '/api/chats/:id/messages/:messageId',
  summary: 'Delete a message of mine, or as an admin any message of a group or channel',
  bearer: true,
  params: MessageParams,
  success: { status: 200, body: () => Message },
  errors: ['chat_not_found', 'message_not_found', 'not_allowed_in_chat', 'too_many_requests'],
} as const satisfies Endpoint;

/** Moves a read mark. */
export const markRead = {
  method: 'put',
  path: '/api/chats/:id/read',
  summary: 'Say how far I have read; marks only grow',
  bearer: true,
  params: ChatParams,
  example: { seq: 1 },
  body: z.object({ seq: z.int('invalid_field').min(0, 'invalid_field') }),
  success: {
    status: 200,
    body: () =>
      z.object({
        readSeq: z.int().describe('The mark now: the highest that was ever said'),
        unread: z.int(),
      }),
  },
  errors: ['invalid_field', 'chat_not_found', 'too_many_requests'],
} as const satisfies Endpoint;
