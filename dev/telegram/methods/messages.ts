import * as z from 'zod';
import type { Chats, Markup } from '../chats.ts';
import { refusalFor } from '../faults.ts';
import type { Params } from '../params.ts';
import { integer, json } from '../params.ts';
import type { Reply } from '../reply.ts';
import { badRequest, ok } from '../reply.ts';
import { readMarkup } from '../reply-markup.ts';

/** The longest text, in characters (https://core.telegram.org/bots/api#sendmessage). */
const MAX_TEXT_LENGTH = 4096;
const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same ' +
  'as a current content and reply markup of the message';

/**
 * Runs sendMessage. The text is kept as sent with its `entities`, whatever `parse_mode` says; other
 * options change nothing. Checks come in the real server's order: text, markup, chat, length.
 */
export const sendMessage = (chats: Chats, params: Params): Reply => {
  const text = readText(params);
  if (text === undefined) return badRequest('message text is empty');
  const read = readMarkup(params);
  if ('refusal' in read) return read.refusal;
  const chat = readChatId(params);
  if ('refusal' in chat) return chat.refusal;
  if (isTooLong(text)) return badRequest('message is too long');
  if (chats.get(chat.id)?.blocked) return refusalFor(403);
  const entities = readEntities(params, text);
  if (!entities) return badRequest("can't parse entities");
  const content = entities.length > 0 ? { text, entities } : text;
  return ok(chats.send(chat.id, content, read.markup));
};

/** Runs editMessageText. As on the real server, an edit without an inline keyboard removes it. */
export const editMessageText = (chats: Chats, params: Params): Reply => {
  const text = readText(params);
  if (text === undefined) return badRequest('message text is empty');
  if (isTooLong(text)) return badRequest('message is too long');
  return edit(chats, params, text);
};

/** Runs editMessageReplyMarkup: the text stays, the inline keyboard is replaced or removed. */
export const editMessageReplyMarkup = (chats: Chats, params: Params): Reply => {
  return edit(chats, params);
};

const edit = (chats: Chats, params: Params, text?: string): Reply => {
  const read = readMarkup(params);
  if ('refusal' in read) return read.refusal;
  const inline = inlineOf(read.markup);
  const chat = readChatId(params);
  if ('refusal' in chat) return chat.refusal;
  const messageId = integer(params, 'message_id');
  if (messageId === undefined) return badRequest('message identifier is not specified');
  const before = chats.sent(chat.id, messageId);
  if (!before) return badRequest('message to edit not found');
  const wanted = text ?? before.text;
  if (wanted === before.text && JSON.stringify(inline) === JSON.stringify(before.reply_markup)) {
    return badRequest(NOT_MODIFIED);
  }
  return ok(chats.edit(chat.id, messageId, { text: wanted, inline }));
};

const readText = (params: Params): string | undefined => {
  const text = params.get('text') ?? '';
  return text.trim() === '' ? undefined : text;
};

const entitySchema = z.object({
  type: z.enum(['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code', 'pre']),
  offset: z.int().min(0),
  length: z.int().min(1),
});

/** Reads the formatted parts of a text, in UTF-16 code units; only kinds without further fields. */
const readEntities = (params: Params, text: string) => {
  const read = z.array(entitySchema).safeParse(json(params, 'entities') ?? []);
  const fit = read.data?.every(({ offset, length }) => offset + length <= text.length);
  return fit ? read.data : undefined;
};

const isTooLong = (text: string): boolean => {
  return [...text].length > MAX_TEXT_LENGTH;
};

/** Reads the chat: only people talk to the bot here, and all other chats are unknown. */
const readChatId = (params: Params): { id: number } | { refusal: Reply } => {
  if ((params.get('chat_id') ?? '') === '') return { refusal: badRequest('chat_id is empty') };
  const id = integer(params, 'chat_id');
  return id !== undefined && id > 0 ? { id } : { refusal: badRequest('chat not found') };
};

/** Returns the inline keyboard; one without rows counts as none. */
const inlineOf = (markup: Markup | undefined) => {
  return markup && 'inline' in markup && markup.inline.inline_keyboard.length > 0
    ? markup.inline
    : undefined;
};
