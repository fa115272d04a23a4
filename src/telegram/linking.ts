import type { Log } from '../log.ts';
import { maskPhone } from '../phone.ts';
import type { Services } from '../services.ts';
import { forgotten } from './deliver.ts';
import type { NewLink } from './store.ts';
import { changePhone, changePhones, linkPhone, phonesOfChat, replaceLinks, unlinkPhones } from './store.ts';

type Stores = Pick<Services, 'db' | 'redis'>;

/**
 * What became of a number: `linked` · `moved`: the account of the former number has it now · `replaced`: the former numbers lost their links, the accounts
 * stay where they were.
 */
export interface Linked {
  readonly outcome: 'linked' | 'moved' | 'replaced';
  /** The numbers that the chat was linked to before, but for this one. */
  readonly former: readonly string[];
}

/**
 * Links a number to the chat of the person who proved to have it. A Telegram account has one number, so when the chat is linked to another one, the
 * number has changed.
 *
 * Redis forgets both numbers for the time of the change, the user beside their live codes as well: whoever enters a code for the former number
 * afterwards does not get into the account, which has left it (redis/scripts/phone.ts).
 *
 * @throws {StoreError} when a store failed; sharing the contact again mends whatever was done
 */
export const linkContact = async ({ db, redis }: Stores, log: Log, link: NewLink): Promise<Linked> => {
  const { phone, chatId } = link;
  const former = (await phonesOfChat(db, chatId)).filter((other) => other !== phone);
  const newUserId = crypto.randomUUID();
  if (former.length === 0) {
    await changePhone(redis, phone, () => linkPhone(db, link, newUserId), forgotten(log));
    log.info('bot.linked', { phone: maskPhone(phone) });
    return { outcome: 'linked', former };
  }
  const replace = () => replaceLinks(db, { ...link, former }, newUserId);
  const { moved } = await changePhones(redis, [phone, ...former], replace, forgotten(log), former);
  const outcome = moved ? 'moved' : 'replaced';
  log.info(`bot.${outcome}`, { phone: maskPhone(phone), former: former.map(maskPhone).join(' ') });
  return { outcome, former };
};

/**
 * Removes the links of a chat.
 *
 * @returns the numbers that it was linked to
 * @throws {StoreError} when a store failed
 */
export const unlinkChat = async ({ db, redis }: Stores, log: Log, chatId: number): Promise<readonly string[]> => {
  const phones = await phonesOfChat(db, chatId);
  if (phones.length === 0) return phones;
  await changePhones(redis, phones, () => unlinkPhones(db, phones, chatId), forgotten(log), phones);
  log.info('bot.unlinked', { phones: phones.map(maskPhone).join(' ') });
  return phones;
};
