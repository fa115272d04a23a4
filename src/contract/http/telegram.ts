import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { textOrNumber } from './fields.ts';

/**
 * A private chat's id: positive, and of at most 52 significant bits (Bot API, Chat.id). Groups have
 * negative ids, and a sign-in code must not go to a group.
 */
const chatId = textOrNumber('link_fields_required')
  .refine((value) => /^[0-9]{1,16}$/.test(value), 'link_fields_required')
  .transform(Number)
  .refine((id) => id > 0 && Number.isSafeInteger(id), 'link_fields_required');

/** Links a number for another bot. */
export const linkTelegram = {
  method: 'post',
  path: '/api/internal/link-telegram',
  summary: 'For bots: link a phone number to the Telegram chat that its codes go to',
  headers: {
    'X-Link-Secret':
      'The shared secret TELEGRAM_LINK_SECRET; older bots send it as `secret` in the body',
  },
  example: { phone: '+70000000000', telegramChatId: 1 },
  body: z
    .object({
      phone: textOrNumber('link_fields_required').describe(
        'With its country code, with or without a plus, as Telegram gives it',
      ),
      telegramChatId: chatId.optional(),
      chat_id: chatId.optional().describe('Another name of telegramChatId'),
      secret: z.unknown().optional(),
    })
    .transform(({ phone, telegramChatId, chat_id }) => ({
      phone,
      chatId: telegramChatId ?? chat_id ?? null,
    }))
    .refine(({ chatId }) => chatId !== null, 'link_fields_required'),
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: ['forbidden', 'link_fields_required'],
} as const satisfies Endpoint;

/** Takes the updates of the bot from Telegram. */
export const webhook = {
  method: 'post',
  path: '/telegram/webhook',
  summary:
    'For Telegram: an update of the bot (core.telegram.org/bots/api#update). Kinds that mean ' +
    'nothing to the bot are ignored',
  headers: {
    'X-Telegram-Bot-Api-Secret-Token':
      'The secret TELEGRAM_WEBHOOK_SECRET, which Telegram was told at registration',
  },
  example: { update_id: 1 },
  body: z.looseObject({
    update_id: z
      .int('invalid_field')
      .describe('An update that was seen before has no second effect'),
  }),
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: ['invalid_secret', 'invalid_field'],
} as const satisfies Endpoint;
