import type { Text } from '../contract/errors.ts';
import type { Log } from '../platform/log.ts';
import { maskPhone } from '../platform/phone.ts';
import type { Around } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import { closeSockets } from '../session/sockets.ts';
import { logNotRemembered } from '../telegram/deliver.ts';
import type { ChatLink, LeftChat, NewLink } from '../telegram/store.ts';
import {
  changePhone,
  changePhones,
  forgetFormer,
  linkPhone,
  linksOfChat,
  replaceLinks,
  unlinkPhones,
  wakeLinks,
} from '../telegram/store.ts';
import * as texts from '../telegram/texts.ts';

type Stores = Pick<Services, 'db' | 'redis'>;

/**
 * What became of a number: `linked` · `moved`: the account of the former number has it now · `replaced`: the former numbers lost their links, the accounts
 * stay where they were.
 */
export interface Linked {
  readonly outcome: 'linked' | 'moved' | 'replaced';
  /** How many sessions of whoever had the number before have ended. */
  readonly ended: number;
}

/** A link to be made, with the other numbers that the chat is linked to. */
type ProvedLink = NewLink & { readonly former: readonly string[] };

/**
 * Has the links of a chat live again whose person had blocked the bot: whoever writes has not.
 *
 * @returns the links of the chat
 * @throws {StoreError} when a store failed
 */
export const meetChat = async (
  stores: Stores,
  log: Log,
  chatId: number,
): Promise<readonly ChatLink[]> => {
  const { db, redis } = stores;
  const links = await linksOfChat(db, chatId);
  const resting = links.filter(({ blocked }) => blocked).map(({ phone }) => phone);
  if (resting.length === 0) return links;
  const wake = () => wakeLinks(db, resting, chatId);
  const changing = { phones: resting, linked: resting, onNotRemembered: logNotRemembered(log) };
  await changePhones(redis, changing, wake);
  log.info('bot.unblocked', { phones: resting.map(maskPhone).join(' ') });
  return links;
};

/**
 * Links a number to the chat of the person who proved to have it. A Telegram account has one number, so when the chat is linked to another one, the
 * number has changed.
 *
 * Redis forgets both numbers for the time of the change, the user beside their live codes as well: whoever enters a code for the former number
 * afterwards does not get into the account, which has left it (redis/scripts/phone.ts).
 *
 * When another chat had the number, the sessions from before end, and that chat is told.
 *
 * @throws {StoreError} when a store failed; sharing the contact again mends whatever was done
 */
export const linkContact = async (
  services: Services,
  around: Around,
  link: ProvedLink,
): Promise<Linked> => {
  const { outcome, userId, left } = await moveLink(services, around.log, link);
  if (!left) return { outcome, ended: 0 };
  // An account that has come with the chat was never that of whoever had the number.
  const isTheirs = outcome !== 'moved' && userId !== undefined;
  const sids = isTheirs ? await endSessions(services, around, userId) : [];
  await forgetFormer(services.db, link.phone, left.chatId);
  const ended = sids.length;
  around.log.info('bot.taken_over', { phone: maskPhone(link.phone), ended });
  const text = isTheirs ? texts.TAKEN_OVER : texts.LINKED_ELSEWHERE;
  tellFormer(services, around, { phone: link.phone, left, text });
  return { outcome, ended };
};

const moveLink = async ({ db, redis }: Stores, log: Log, link: ProvedLink) => {
  const { phone, former } = link;
  const newUserId = crypto.randomUUID();
  if (former.length === 0) {
    const insert = () => linkPhone(db, link, newUserId);
    const changing = { phone, onNotRemembered: logNotRemembered(log) };
    const { userId, left } = await changePhone(redis, changing, insert);
    log.info('bot.linked', { phone: maskPhone(phone) });
    return { outcome: 'linked' as const, userId, left };
  }
  const replace = () => replaceLinks(db, link, newUserId);
  const phones = [phone, ...former];
  const changing = { phones, linked: former, onNotRemembered: logNotRemembered(log) };
  const done = await changePhones(redis, changing, replace);
  const outcome = done.moved ? ('moved' as const) : ('replaced' as const);
  log.info(`bot.${outcome}`, { phone: maskPhone(phone), former: former.map(maskPhone).join(' ') });
  return { outcome, userId: done.known.get(phone)?.userId, left: done.left };
};

const endSessions = async (services: Services, { later }: Around, userId: string) => {
  const now = services.now();
  const sids = await services.sessions.revokeAll(userId, now);
  closeSockets(services, later, userId, sids, { but: '', now });
  return sids;
};

/** What a chat is told that a number has left. */
export interface Leaving {
  readonly phone: string;
  readonly left: LeftChat;
  readonly text: (phone: string) => Text;
}

/** Tells a chat, behind the answer, that a number has left it for another one. */
export const tellFormer = (
  { telegram }: Services,
  { log, later }: Around,
  leaving: Leaving,
): void => {
  const { phone, left, text } = leaving;
  later('bot.former_not_told', async () => {
    const word = text(maskPhone(phone))[left.language];
    const { outcome } = await telegram.send(left.chatId, word);
    log.info('bot.former_told', { phone: maskPhone(phone), told: outcome === 'delivered' });
  });
};

/**
 * Removes the links of a chat.
 *
 * @throws {StoreError} when a store failed
 */
export const unlinkChat = async (
  { db, redis }: Stores,
  log: Log,
  { chatId, phones }: { readonly chatId: number; readonly phones: readonly string[] },
): Promise<void> => {
  if (phones.length === 0) return;
  const changing = { phones, linked: phones, onNotRemembered: logNotRemembered(log) };
  await changePhones(redis, changing, () => unlinkPhones(db, phones, chatId));
  log.info('bot.unlinked', { phones: phones.map(maskPhone).join(' ') });
};
