import type { Update } from 'grammy/types';
import * as z from 'zod';

const Id = z.int().positive();
const named = { first_name: z.string() };
const Person = z.looseObject({
  ...named,
  id: Id,
  is_bot: z.literal(false),
  language_code: z.string().exactOptional(),
});
const PrivateChat = z.looseObject({ ...named, id: Id, type: z.literal('private') });
const Contact = z.looseObject({ ...named, phone_number: z.string(), user_id: Id.exactOptional() });

/** A person's text or contact in their chat with the bot, which has their own id. */
const Message = z
  .looseObject({
    message_id: z.int(),
    date: z.int(),
    from: Person,
    chat: PrivateChat,
    text: z.string().exactOptional(),
    contact: Contact.exactOptional(),
  })
  .refine(({ from, chat }) => from.id === chat.id)
  .refine(({ text, contact }) => text !== undefined || contact !== undefined);

/** A press of a button under a message in such a chat. */
const CallbackQuery = z
  .looseObject({
    id: z.string(),
    chat_instance: z.string(),
    from: Person,
    data: z.string(),
    message: z.looseObject({ message_id: z.int(), date: z.int(), chat: PrivateChat }),
  })
  .refine(({ from, message }) => from.id === message.chat.id);

const Known = z
  .object({ update_id: z.int(), message: Message.exactOptional(), callback_query: CallbackQuery.exactOptional() })
  .refine(({ message, callback_query }) => message || callback_query);

/**
 * An update that the bot has something to say to, or undefined: of other kinds, of groups and channels, without a text, or not of the form that
 * Telegram describes (Bot API, Update).
 *
 * What the bot reads is checked here, since grammY takes Telegram at its word.
 */
export const readUpdate = (body: unknown): Update | undefined => {
  const parsed = Known.safeParse(body);
  // What was not checked is there as well, but nobody reads it.
  return parsed.success ? (parsed.data as Update) : undefined;
};
