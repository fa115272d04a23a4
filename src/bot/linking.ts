import type { Text } from '../contract/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { maskPhone } from '../platform/phone.ts';
import { disconnectSessions } from '../session/disconnect.ts';
import type { Services } from '../session/services.ts';
import { forgetFormerChat, linkChat, relinkChat } from '../telegram/links.ts';
import type { FormerChat, ReplacingLink } from '../telegram/records.ts';
import * as texts from '../telegram/texts.ts';

/**
 * What became of a number. `linked`: the chat had none · `moved`: the account of the former number
 * has it now · `replaced`: the former numbers lost their links, the accounts stay with them.
 */
export interface LinkedContact {
  readonly outcome: 'linked' | 'moved' | 'replaced';
  /** How many sessions of whoever had the number before have ended. */
  readonly ended: number;
}

/**
 * Links a number to the chat of the person who proved to have it. A Telegram account has one
 * number, so a chat that is linked to another number has changed its number.
 *
 * When another chat had the number, the sessions from before end, and that chat is told [A45].
 *
 * @throws {StoreError} when a store failed; sharing the contact again mends whatever was done
 */
export const linkContact = async (
  ctx: RequestContext,
  services: Services,
  link: ReplacingLink,
): Promise<LinkedContact> => {
  const { outcome, userId, formerChat } = await moveLink(ctx, services, link);
  if (!formerChat) return { outcome, ended: 0 };
  // An account that has come with the chat was never that of whoever had the number.
  const isTheirs = outcome !== 'moved' && userId !== undefined;
  const sids = isTheirs ? await endSessions(ctx, services, userId) : [];
  const { phone } = link;
  await forgetFormerChat(services, { phone, chatId: formerChat.chatId });
  const ended = sids.length;
  ctx.log.info('bot.taken_over', { phone: maskPhone(phone), ended });
  const text = isTheirs ? texts.TAKEN_OVER : texts.LINKED_ELSEWHERE;
  tellFormerChat(ctx, services, { phone, formerChat, text });
  return { outcome, ended };
};

const moveLink = async (
  ctx: RequestContext,
  services: Pick<Services, 'db' | 'redis'>,
  link: ReplacingLink,
) => {
  const { phone, former } = link;
  if (former.length === 0) {
    const { userId, formerChat } = await linkChat(ctx, services, link);
    ctx.log.info('bot.linked', { phone: maskPhone(phone) });
    return { outcome: 'linked' as const, userId, formerChat };
  }
  const { known, moved, formerChat } = await relinkChat(ctx, services, link);
  const outcome = moved ? ('moved' as const) : ('replaced' as const);
  const masked = former.map(maskPhone).join(' ');
  ctx.log.info(`bot.${outcome}`, { phone: maskPhone(phone), former: masked });
  return { outcome, userId: known.get(phone)?.userId, formerChat };
};

const endSessions = async (ctx: RequestContext, services: Services, userId: string) => {
  const now = services.now();
  const sids = await services.sessions.revokeAll(userId, now);
  disconnectSessions(ctx, services, { userId, sids, others: { but: '', now } });
  return sids;
};

/** What a chat is told that a number has left. */
export interface Farewell {
  readonly phone: string;
  readonly formerChat: FormerChat;
  readonly text: (phone: string) => Text;
}

/** Tells a chat, behind the answer, that a number has left it for another one. */
export const tellFormerChat = (
  ctx: RequestContext,
  { telegram }: Pick<Services, 'telegram'>,
  { phone, formerChat, text }: Farewell,
): void =>
  ctx.defer('bot.former_not_told', async () => {
    const { chatId, language } = formerChat;
    const masked = maskPhone(phone);
    const { outcome } = await telegram.send(chatId, text(masked)[language]);
    ctx.log.info('bot.former_told', { phone: masked, told: outcome === 'delivered' });
  });
