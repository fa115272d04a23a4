import { BotError } from 'grammy';
import { ApiError, StoreError } from '../platform/errors.ts';
import { reasonOf } from '../platform/log.ts';
import type { Around } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import { claimUpdate, endUpdate } from '../telegram/store.ts';
import { botIdOf } from './about.ts';
import { createBot } from './bot.ts';
import { meetChat } from './linking.ts';
import { readUpdate } from './update.ts';

/** When Telegram may deliver an update again that is being worked on, or could not be, in seconds. */
const RETRY_SECONDS = 5;

/**
 * Does what an update of the bot asks for, once however often it is delivered: claimed by its id before, noted as done afterwards, and given back when
 * the work failed, so that Telegram delivers it again. What the bot has nothing to say to is ignored.
 *
 * @param body what was posted to the webhook
 * @throws {ApiError} `unavailable` when it has to be delivered again
 * @throws {StoreError} likewise
 */
export const receiveUpdate = async (
  services: Services,
  around: Around,
  body: unknown,
): Promise<void> => {
  const { log } = around;
  const read = readUpdate(body);
  if (!read) return;
  const { id, chatId, written } = read;
  const { settings, redis } = services;
  const name = `${botIdOf(settings.TELEGRAM_BOT_TOKEN)}:${id}`;
  const token = crypto.randomUUID();
  // Whether the end of a claim is heard or not, the claim runs out.
  const end = (done: boolean) =>
    endUpdate(redis, { update: name, token, done }).catch((error) =>
      log.warn('bot.claim_not_ended', { reason: reasonOf(error) }),
    );

  const state = await claimUpdate(redis, { update: name, chatId, token });
  if (state === 'done') return;
  if (state === 'working') throw new ApiError('unavailable', RETRY_SECONDS);
  try {
    const links = await meetChat(services, log, chatId);
    await createBot(services, around, links).handleUpdate(written);
  } catch (error) {
    await end(false);
    const cause = error instanceof BotError ? error.error : error;
    if (cause instanceof StoreError) throw cause;
    log.error('bot.failed', {
      reason: reasonOf(cause),
      stack: cause instanceof Error ? cause.stack : undefined,
    });
    throw new ApiError('unavailable', RETRY_SECONDS);
  }
  await end(true);
};
