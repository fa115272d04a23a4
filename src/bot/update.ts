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

/**
 * A message that a person writes in their private chat with the bot, which has the person's id.
 * Texts and contacts are answered; any message shows that the bot is not blocked [A43].
 */
const Message = z
  .looseObject({
    message_id: z.int(),
    date: z.int(),
    from: Person,
    chat: PrivateChat,
    text: z.string().exactOptional(),
    contact: Contact.exactOptional(),
  })
  .refine(({ from, chat }) => from.id === chat.id);

/** A press of a button under a message in a private chat. */
const CallbackQuery = z
  .looseObject({
    id: z.string(),
    chat_instance: z.string(),
    from: Person,
    data: z.string(),
    message: z.looseObject({ message_id: z.int(), date: z.int(), chat: PrivateChat }),
  })
  .refine(({ from, message }) => from.id === message.chat.id);

/**
 * A person starts the bot or unblocks it. Updates about blocking are ignored: the next message
 * finds out, and updates may come out of order.
 */
const ChatMember = z
  .looseObject({
    date: z.int(),
    from: Person,
    chat: PrivateChat,
    new_chat_member: z.looseObject({ status: z.literal('member') }),
  })
  .refine(({ from, chat }) => from.id === chat.id);

const Known = z.object({
  update_id: z.int(),
  message: Message.exactOptional(),
  callback_query: CallbackQuery.exactOptional(),
  my_chat_member: ChatMember.exactOptional(),
});

/** An update, and the private chat that it comes from. */
export interface ReadUpdate {
  readonly id: number;
  readonly chatId: number;
  /** The parts of the update that the bot may answer. */
  readonly written: Update;
}

/**
 * Checks what the bot reads of an update, since grammY does not.
 *
 * @returns undefined for other kinds of updates, those of groups and channels, and those that are
 * not of the form that Telegram describes (Bot API, Update)
 */
export const readUpdate = (body: unknown): ReadUpdate | undefined => {
  const parsed = Known.safeParse(body);
  if (!parsed.success) return undefined;
  const { my_chat_member, ...written } = parsed.data;
  const from = (written.message ?? written.callback_query ?? my_chat_member)?.from;
  // The update has unchecked fields as well, but nothing reads them.
  return from && { id: written.update_id, chatId: from.id, written: written as Update };
};
