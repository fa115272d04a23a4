import { BotError } from 'grammy';
import { ApiError, StoreError } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { reasonOf } from '../platform/log.ts';
import type { Services } from '../session/services.ts';
import { wakeChat } from '../telegram/links.ts';
import { botIdOf } from './about.ts';
import { createBot } from './bot.ts';
import { claimUpdate, endUpdate } from './store.ts';
import { readUpdate } from './update.ts';

/** When Telegram may deliver an update again that is in work or has failed, in seconds. */
const RETRY_SECONDS = 5;

/**
 * Does what an update of the bot asks for, once however often it is delivered [A41]. The update is
 * claimed by its id before the work and noted as done afterwards; when the work fails, the claim is
 * released, so that Telegram delivers the update again. Updates that the bot has no answer to are
 * ignored.
 *
 * @param body what was posted to the webhook
 * @throws {ApiError} `unavailable` when it has to be delivered again
 * @throws {StoreError} likewise
 */
export const receiveUpdate = async (
  ctx: RequestContext,
  services: Services,
  body: unknown,
): Promise<void> => {
  const { log } = ctx;
  const read = readUpdate(body);
  if (!read) return;
  const { settings, redis } = services;
  const update = `${botIdOf(settings.TELEGRAM_BOT_TOKEN)}:${read.id}`;
  const claim = { update, token: crypto.randomUUID() };
  // A failure is only logged, since the claim expires by itself.
  const end = (outcome: 'done' | 'failed') =>
    endUpdate(redis, claim, outcome).catch((error) =>
      log.warn('bot.claim_not_ended', { reason: reasonOf(error) }),
    );

  const state = await claimUpdate(redis, claim, read.chatId);
  if (state === 'done') return;
  if (state === 'working') throw new ApiError('unavailable', RETRY_SECONDS);
  try {
    const links = await wakeChat(ctx, services, read.chatId);
    await createBot(ctx, services, links).handleUpdate(read.written);
  } catch (error) {
    await end('failed');
    const cause = error instanceof BotError ? error.error : error;
    if (cause instanceof StoreError) throw cause;
    log.error('bot.failed', {
      reason: reasonOf(cause),
      stack: cause instanceof Error ? cause.stack : undefined,
    });
    throw new ApiError('unavailable', RETRY_SECONDS);
  }
  await end('done');
};
