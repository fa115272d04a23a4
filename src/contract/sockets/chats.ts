import * as z from 'zod';

/** An attachment that is longer, in characters, comes without its URL in sync and in frames. */
export const INLINE_ATTACHMENT_LIMIT = 64 * 1024;

/** An attachment as it is stored and shown. */
export const Attachment = z.object({
  type: z.enum(['image', 'video']),
  url: z
    .string()
    .optional()
    .describe('`data:` or `https:`; absent in sync and frames when it is long: read the message'),
});

export type Attachment = z.output<typeof Attachment>;

/** A message as a member sees it. Legacy clients know the first five fields [M1]. */
export const Message = z.object({
  id: z.string(),
  fromMe: z.boolean(),
  text: z.string().describe('"" when deleted'),
  time: z.iso.datetime(),
  attachment: Attachment.optional(),
  seq: z.int().describe('The place in the chat: 1, 2, 3 and so on, never used again'),
  version: z.int().describe('The version of the chat that last changed the message'),
  senderId: z.string().nullable().describe('null: not known any more'),
  clientId: z.string().optional().describe('Of my own messages alone'),
  editedAt: z.iso.datetime().optional(),
  deleted: z.literal(true).optional(),
});

export type Message = z.output<typeof Message>;

/** What an entry of a feed is about. */
export const FEED_KINDS = ['message', 'chat', 'member', 'read', 'left'] as const;

export type FeedKind = (typeof FEED_KINDS)[number];
