import type { InlineKeyboardMarkup, ReplyKeyboardMarkup } from 'grammy/types';
import type { Markup } from './chats.ts';
import type { Params } from './params.ts';
import { json } from './params.ts';
import type { Reply } from './reply.ts';
import { badRequest } from './reply.ts';

const TEXT_BUTTON =
  "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";

/** Telegram's limit for `callback_data`, in bytes. */
const CALLBACK_DATA_BYTES = 64;

/**
 * Reads `reply_markup`. `markup` is unset where the call has none or only forces a reply; `refusal`
 * is the real server's answer to a bad one.
 */
export const readMarkup = (params: Params): { markup?: Markup } | { refusal: Reply } => {
  if (!params.has('reply_markup')) return {};
  const source = json(params, 'reply_markup');
  if (!isRecord(source)) return { refusal: badRequest('object expected as reply markup') };
  if (isInline(source)) {
    const reason = inlineFault(source);
    return reason === undefined ? { markup: { inline: source } } : { refusal: badRequest(reason) };
  }
  if (isReplyKeyboard(source)) return { markup: { keyboard: source } };
  if (source.remove_keyboard === true) return { markup: { removeKeyboard: true } };
  if (source.force_reply === true) return {};
  return { refusal: badRequest("can't parse reply keyboard markup JSON object") };
};

const inlineFault = ({ inline_keyboard: rows }: InlineKeyboardMarkup): string | undefined => {
  for (const button of rows.flat()) {
    if (Object.keys(button).length < 2) {
      return TEXT_BUTTON;
    }
    if ('callback_data' in button && !fitsCallbackData(button.callback_data))
      return 'BUTTON_DATA_INVALID';
  }
  return undefined;
};

const fitsCallbackData = (data: unknown): boolean => {
  return typeof data === 'string' && data !== '' && Buffer.byteLength(data) <= CALLBACK_DATA_BYTES;
};

const isInline = (value: unknown): value is InlineKeyboardMarkup => {
  return isRecord(value) && isGrid(value.inline_keyboard, isLabelled);
};

const isReplyKeyboard = (value: unknown): value is ReplyKeyboardMarkup => {
  return (
    isRecord(value) &&
    isGrid(value.keyboard, (button) => typeof button === 'string' || isLabelled(button))
  );
};

const isGrid = (value: unknown, isButton: (button: unknown) => boolean): boolean => {
  return Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every(isButton));
};

const isLabelled = (button: unknown): boolean => {
  return isRecord(button) && typeof button.text === 'string' && button.text !== '';
};

const isRecord = (value: unknown): value is Record<string, unknown> => {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
};
