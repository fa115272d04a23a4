import type * as z from 'zod';
import type { Language } from '../contract/errors.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import type { whereto } from './scripts/phone.ts';
import { BEGIN_CHANGE, END_CHANGE, REMEMBER_READING } from './scripts/phone.ts';

/** What Postgres knows of a phone number. */
export interface KnownPhone {
  /** The user with this number, if there is one. */
  readonly userId: string | undefined;
  /** The private chat its codes go to, if it is linked and the bot not blocked. */
  readonly chatId: number | undefined;
  /** What the person there reads. */
  readonly language: Language;
}

/** What Postgres knows of a phone number after a change. */
export interface ChangedPhone extends KnownPhone {
  /** The chat it was linked to before, if the change can tell. */
  readonly formerChatId?: number | undefined;
}

/** What Postgres knows of some phones after a change of them. */
export interface Change {
  readonly known: ReadonlyMap<string, ChangedPhone>;
}

/** Whether a code may be sent, and where. */
export type Whereto = z.output<typeof whereto>;

const toArguments = ({ userId, chatId, language }: KnownPhone) => ({
  userId: userId ?? '',
  chat: chatId === undefined ? '' : String(chatId),
  language,
  ttl: userId || chatId ? TTL.phoneKnown : TTL.phoneUnknown,
});

const keysOfReading = (phone: string) => ({
  phoneKey: keys.phone(phone),
  changing: keys.changing(phone),
  codeKey: keys.code(phone),
  previousKey: keys.previousCode(phone),
});

const keysOfChange = (phone: string) => ({
  ...keysOfReading(phone),
  legacyLink: keys.legacyLink(phone),
  usedKey: keys.used(phone),
  links: keys.links(phone),
});

/**
 * Keeps in Redis what was read in Postgres of a phone, for the scripts of signing in.
 *
 * @param requestId the request whose code waits to be sent, if one does
 * @returns where Redis says that it goes: what was read may be out of date
 */
export const rememberReading = (
  redis: RedisClient,
  { phone, requestId = '' }: { readonly phone: string; readonly requestId?: string | undefined },
  known: KnownPhone,
): Promise<Whereto> =>
  redis.run(REMEMBER_READING, keysOfReading(phone), { ...toArguments(known), rid: requestId });

/** Phones whose change Redis has to hear of. */
export interface ChangingPhones {
  readonly phones: readonly string[];
  /** Those that Postgres certainly has a link for, and that get no other chat. */
  readonly linked?: readonly string[];
  /** Is told why Redis does not know how the change ended. */
  readonly onNotRemembered: (reason: unknown) => void;
}

/**
 * Changes what Postgres knows of some phones, and keeps Redis from remembering anything else: one
 * EVAL for each phone before the change and one after it. The change counts even if one of the
 * latter fails: Postgres is asked for a minute then, and codes from before sign nobody in.
 *
 * @param change changes Postgres and returns what it knows of each phone afterwards
 */
export const changePhones = async <Done extends Change>(
  redis: RedisClient,
  { phones, linked = [], onNotRemembered }: ChangingPhones,
  change: () => Promise<Done>,
): Promise<Done> => {
  const token = crypto.randomUUID();
  const begin = (phone: string) => {
    const hasLink = linked.includes(phone);
    const args = { token, ttl: TTL.changing, hasLink, canMove: !hasLink };
    return redis.run(BEGIN_CHANGE, keysOfChange(phone), args);
  };
  await Promise.all(phones.map(begin));
  const done = await change();
  const end = async (phone: string, known: ChangedPhone) => {
    const { formerChatId, chatId } = known;
    const hadAnother = formerChatId !== undefined && formerChatId !== chatId;
    const args = { ...toArguments(known), token, canHaveMoved: true, hadAnother, rid: '' };
    await redis.run(END_CHANGE, keysOfChange(phone), args);
  };
  const ends = [...done.known].map(([phone, known]) => end(phone, known).catch(onNotRemembered));
  await Promise.all(ends);
  return done;
};

/** {@link changePhones} of one phone. */
export const changePhone = async <Known extends ChangedPhone>(
  redis: RedisClient,
  { phone, ...options }: Pick<ChangingPhones, 'onNotRemembered'> & { readonly phone: string },
  change: () => Promise<Known>,
): Promise<Known> => {
  const changeOne = async () => {
    const known = await change();
    return { known: new Map([[phone, known]]), one: known };
  };
  return (await changePhones(redis, { ...options, phones: [phone] }, changeOne)).one;
};

/** A phone whose legacy link is adopted. */
export interface AdoptingPhone extends Pick<ChangingPhones, 'onNotRemembered'> {
  readonly phone: string;
  /** The request whose code waits to be sent, if one does. */
  readonly requestId?: string | undefined;
}

/**
 * {@link changePhone} for a change that moves no link: it puts one where there was none, or finds a
 * newer one.
 *
 * @returns where the code goes: what Postgres says, when Redis could not be told of the end
 */
export const adoptPhone = async (
  redis: RedisClient,
  { phone, requestId = '', onNotRemembered }: AdoptingPhone,
  adopt: () => Promise<KnownPhone>,
): Promise<Whereto> => {
  const token = crypto.randomUUID();
  const unmoved = { token, ttl: TTL.changing, hasLink: false, canMove: false };
  await redis.run(BEGIN_CHANGE, keysOfChange(phone), unmoved);
  const known = await adopt();
  const ended = { token, canHaveMoved: false, hadAnother: false, rid: requestId };
  const args = { ...toArguments(known), ...ended };
  return redis.run(END_CHANGE, keysOfChange(phone), args).catch((reason) => {
    onNotRemembered(reason);
    return { sendable: true, ...known };
  });
};
