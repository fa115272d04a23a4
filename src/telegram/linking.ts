import type { Log } from '../log.ts';
import { maskPhone } from '../phone.ts';
import type { Services } from '../services.ts';
import { forgotten } from './deliver.ts';
import type { ChatLink, NewLink } from './store.ts';
import { changePhone, changePhones, linkPhone, linksOfChat, replaceLinks, unlinkPhones, wakeLinks } from './store.ts';

type Stores = Pick<Services, 'db' | 'redis'>;

/**
 * What became of a number: `linked` · `moved`: the account of the former number has it now · `replaced`: the former numbers lost their links, the accounts
 * stay where they were.
 */
export type Linked = 'linked' | 'moved' | 'replaced';

/**
 * Has the links of a chat live again whose person had blocked the bot: whoever writes has not.
 *
 * @returns the links of the chat
 * @throws {StoreError} when a store failed
 */
export const meetChat = async ({ db, redis }: Stores, log: Log, chatId: number): Promise<readonly ChatLink[]> => {
  const links = await linksOfChat(db, chatId);
  const resting = links.filter(({ blocked }) => blocked).map(({ phone }) => phone);
  if (resting.length === 0) return links;
  const wake = () => wakeLinks(db, resting, chatId);
  await changePhones(redis, resting, wake, forgotten(log), resting);
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
 * @param link with the other numbers that the chat is linked to
 * @throws {StoreError} when a store failed; sharing the contact again mends whatever was done
 */
export const linkContact = async (
  { db, redis }: Stores,
  log: Log,
  link: NewLink & { readonly former: readonly string[] },
): Promise<Linked> => {
  const { phone, former } = link;
  const newUserId = crypto.randomUUID();
  if (former.length === 0) {
    await changePhone(redis, phone, () => linkPhone(db, link, newUserId), forgotten(log));
    log.info('bot.linked', { phone: maskPhone(phone) });
    return 'linked';
  }
  const replace = () => replaceLinks(db, link, newUserId);
  const { moved } = await changePhones(redis, [phone, ...former], replace, forgotten(log), former);
  const outcome = moved ? 'moved' : 'replaced';
  log.info(`bot.${outcome}`, { phone: maskPhone(phone), former: former.map(maskPhone).join(' ') });
  return outcome;
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
  await changePhones(redis, phones, () => unlinkPhones(db, phones, chatId), forgotten(log), phones);
  log.info('bot.unlinked', { phones: phones.map(maskPhone).join(' ') });
};
