import { CODE_TTL_SECONDS } from '../contract/http/auth.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { reasonOf } from '../platform/log.ts';
import type { Services } from '../session/services.ts';
import { drawCode, hashCode } from './code.ts';
import { replaceCode } from './store.ts';

/** A number that has just been linked, and the id of its chat. */
interface LinkedPhone {
  readonly phone: string;
  readonly chatId: number;
}

/**
 * Makes a new code in place of one that was asked for before its number had a chat, so that nobody
 * has to ask again after linking [A51]. Nobody knows the old one, since it went nowhere.
 *
 * @returns the code, to be sent to the chat; undefined when none waits or Redis failed
 */
export const replaceWaitingCode = async (
  ctx: RequestContext,
  { settings, redis }: Pick<Services, 'settings' | 'redis'>,
  { phone, chatId }: LinkedPhone,
): Promise<string | undefined> => {
  // The code of a test number is always the same [A15].
  if (settings.TEST_PHONES.has(phone)) return undefined;
  const code = drawCode();
  const mac = await hashCode(settings.CODE_SECRET, phone, code);
  const replacement = { phone, chatId, mac, now: ctx.now(), ttl: CODE_TTL_SECONDS * 1000 };
  try {
    return (await replaceCode(redis, replacement)) ? code : undefined;
  } catch (error) {
    ctx.log.warn('auth.code_not_replaced', { reason: reasonOf(error) });
    return undefined;
  }
};
