import * as z from 'zod';
import { Attachment, FEED_KINDS, Message } from '../../src/contract/sockets/chats.ts';
import { chat, user } from './fields.ts';

/**
 * What happened in a chat, without what only one of its members may see. It is a hint: whoever
 * misses it reads the same by sync [M21].
 */
export const News = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    chat,
    /** Whether it was sent just now: legacy sockets hear of no edits [M3]. */
    isNew: z.boolean(),
    message: Message.omit({ fromMe: true, clientId: true }),
    /** The attachment for legacy sockets, where `message` has it without its URL. */
    whole: Attachment.optional(),
  }),
  z.object({
    type: z.literal('change'),
    chat,
    what: z.enum(FEED_KINDS),
    /** The chat's version after it. */
    version: z.int().optional(),
  }),
  z.object({ type: z.literal('typing'), chat, user }),
]);

export type News = z.output<typeof News>;

/** What is told to one user only. */
const own = {
  /** The number that it has in their feed; none where their feed does not have it. */
  n: z.int().optional(),
  /** What a change is for them, if that differs from the rest. */
  what: z.enum(FEED_KINDS).optional(),
  /** Whether this user has subscribed to pushes, and it is worth one [P4]. */
  push: z.boolean().optional(),
};

/** To an inbox, from the Worker or a fan-out room: something happened in a chat of this user. */
export const ToldOfChat = z.object({
  type: z.literal('chat'),
  news: News,
  ...own,
  /** The sender's own id of the message. */
  clientId: z.string().optional(),
  /** The session that acted; its legacy sockets know already. */
  sid: z.string().optional(),
});

export type ToldOfChat = z.output<typeof ToldOfChat>;

/** Somebody to be told, with what is told to them only. */
export const Recipient = z.object({ user, ...own });

export type Recipient = z.output<typeof Recipient>;

/** To the fan-out room of a chat, from the Worker: tell these users, and all other members. */
export const ToFanout = z.object({
  type: z.literal('tell'),
  news: News,
  to: z.array(Recipient),
  /** Whether all members are told, except those in `except`, who know already [M26]. */
  all: z.object({ except: z.array(user) }).optional(),
});

export type ToFanout = z.output<typeof ToFanout>;
