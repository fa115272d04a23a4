import type { RequestContext } from '../platform/http/request-context.ts';
import { reasonOf } from '../platform/log.ts';
import { maskPhone } from '../platform/phone.ts';
import { wasHeard } from './chat-store.ts';
import type { WaitingCode, Whereto } from './phone-store.ts';
import { adoptPhone, changePhone, changePhones, rememberReading } from './phone-store.ts';
import type {
  ChangedPhone,
  ChatLink,
  ChatPhones,
  FormerChat,
  NewLink,
  ReplacedLinks,
  ReplacingLink,
} from './records.ts';
import type { TelegramServices } from './services.ts';
import {
  adoptLink,
  deleteFormerChat,
  findPhone,
  linkPhone,
  listChatLinks,
  markBlocked,
  replaceLinks,
  unlinkPhones,
  wakeLinks,
} from './store.ts';

/*
 * Links between numbers and chats. Postgres holds them and Redis remembers them for the scripts of
 * signing in, so each change is announced in Redis, made in Postgres, and its result told to Redis.
 */

type Stores = Pick<TelegramServices, 'db' | 'redis'>;
type LogContext = Pick<RequestContext, 'log'>;

/** Logs that Redis could not be told what Postgres knows. */
const logNotRemembered =
  ({ log }: LogContext) =>
  (error: unknown): void =>
    log.warn('phone.not_remembered', { reason: reasonOf(error) });

/**
 * Links a number to a chat in place of any link it had, and makes its user if there is none.
 *
 * @throws {StoreError} when a store failed
 */
export const linkChat = (
  ctx: LogContext,
  { db, redis }: Stores,
  link: NewLink,
): Promise<ChangedPhone & { readonly formerChat: FormerChat | undefined }> =>
  changePhone(redis, { phone: link.phone, onNotRemembered: logNotRemembered(ctx) }, () =>
    linkPhone(db, link, crypto.randomUUID()),
  );

/**
 * Links a number to a chat whose number has changed, in place of the links that the chat has.
 *
 * Redis forgets all these numbers for the time of the change, and the users beside their live
 * codes: whoever enters a code for a former number afterwards does not get into the account that
 * has left it.
 *
 * @throws {StoreError} when a store failed
 */
export const relinkChat = (
  ctx: LogContext,
  { db, redis }: Stores,
  link: ReplacingLink,
): Promise<ReplacedLinks> => {
  const { phone, former } = link;
  const onNotRemembered = logNotRemembered(ctx);
  return changePhones(redis, { phones: [phone, ...former], linked: former, onNotRemembered }, () =>
    replaceLinks(db, link, crypto.randomUUID()),
  );
};

/**
 * Removes links of a chat.
 *
 * @throws {StoreError} when a store failed
 */
export const unlinkChat = async (
  ctx: LogContext,
  { db, redis }: Stores,
  lost: ChatPhones,
): Promise<void> => {
  const { phones } = lost;
  const onNotRemembered = logNotRemembered(ctx);
  await changePhones(redis, { phones, linked: phones, onNotRemembered }, () =>
    unlinkPhones(db, lost),
  );
};

/**
 * Has the resting links of a chat live again: a person who writes has not blocked the bot [A43].
 *
 * @returns the links of the chat, the latest first
 * @throws {StoreError} when a store failed
 */
export const wakeChat = async (
  ctx: LogContext,
  { db, redis }: Stores,
  chatId: number,
): Promise<readonly ChatLink[]> => {
  const links = await listChatLinks(db, chatId);
  const phones = links.filter(({ blocked }) => blocked).map(({ phone }) => phone);
  if (phones.length === 0) return links;
  const onNotRemembered = logNotRemembered(ctx);
  await changePhones(redis, { phones, linked: phones, onNotRemembered }, () =>
    wakeLinks(db, { chatId, phones }),
  );
  ctx.log.info('bot.unblocked', { phones: phones.map(maskPhone).join(' ') });
  return links;
};

/** A link whose chat took no message. */
export interface BlockedLink {
  readonly phone: string;
  readonly chatId: number;
  /** When the message was sent, by the monotonic clock. */
  readonly sentAt: number;
}

/**
 * Lets a link rest whose chat Telegram delivers nothing to. The link lives on if the person wrote
 * to the bot after the message was sent: they came back before the refusal was known.
 *
 * @throws {StoreError} when a store failed
 */
export const restLink = async (
  ctx: LogContext,
  { db, redis, now }: Pick<TelegramServices, 'db' | 'redis' | 'now'>,
  { phone, chatId, sentAt }: BlockedLink,
): Promise<void> => {
  await changePhone(redis, { phone, onNotRemembered: logNotRemembered(ctx) }, async () => {
    await markBlocked(db, { phone, chatId }, new Date(now()));
    const isBack = await wasHeard(redis, chatId, performance.now() - sentAt);
    if (isBack) await wakeLinks(db, { chatId, phones: [phone] });
    return findPhone(db, phone);
  });
};

/**
 * Moves a link that the legacy server kept in Redis to Postgres [A48].
 *
 * @returns where a waiting code goes
 * @throws {StoreError} when a store failed
 */
export const adoptLegacyLink = (
  ctx: LogContext,
  { db, redis }: Stores,
  { legacyChatId, ...waiting }: WaitingCode & { readonly legacyChatId: number },
): Promise<Whereto> =>
  adoptPhone(redis, { ...waiting, onNotRemembered: logNotRemembered(ctx) }, () =>
    adoptLink(db, { phone: waiting.phone, chatId: legacyChatId }, crypto.randomUUID()),
  );

/**
 * Asks Postgres for the chat of a number, and has Redis remember the answer.
 *
 * @returns where a waiting code goes
 * @throws {StoreError} when Postgres failed
 */
export const findChat = async (
  ctx: LogContext,
  { db, redis }: Stores,
  waiting: WaitingCode,
): Promise<Whereto> => {
  const found = await findPhone(db, waiting.phone);
  return rememberReading(redis, waiting, found).catch((error) => {
    logNotRemembered(ctx)(error);
    // The code is bound to no chat then, and dies with any change of the link.
    return { ...found, sendable: true };
  });
};

/** Forgets that a chat had a number, once the sessions from then have ended. */
export const forgetFormerChat = async (
  { db }: Pick<TelegramServices, 'db'>,
  link: Pick<NewLink, 'phone' | 'chatId'>,
): Promise<void> => {
  await deleteFormerChat(db, link);
};
