import type * as z from 'zod';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import type { ChangedPhone, KnownPhone, PhoneChange } from './records.ts';
import type { whereto } from './scripts/phone.ts';
import { BEGIN_CHANGE, END_CHANGE, REMEMBER_READING } from './scripts/phone.ts';

/** Whether a message may be sent, and to which chat. */
export type Whereto = z.output<typeof whereto>;

/** A number, and the request whose code waits to be sent to it, if one does. */
export interface WaitingCode {
  readonly phone: string;
  readonly requestId?: string | undefined;
}

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
 * Keeps in Redis what was read of a number in Postgres, for the scripts of signing in.
 *
 * @returns where a message goes according to Redis: what was read may be out of date
 */
export const rememberReading = (
  redis: RedisClient,
  { phone, requestId = '' }: WaitingCode,
  known: KnownPhone,
): Promise<Whereto> =>
  redis.run(REMEMBER_READING, keysOfReading(phone), { ...toArguments(known), rid: requestId });

/** Numbers that Postgres is about to change. */
export interface ChangingPhones {
  readonly phones: readonly string[];
  /** Those that Postgres certainly has a link for, and that get no other chat. */
  readonly linked?: readonly string[];
  /** Is told why Redis does not know how the change ended. */
  readonly onNotRemembered: (reason: unknown) => void;
}

/**
 * Announces a change in Redis, makes it in Postgres, and tells Redis the result: one EVAL for each
 * number before the change and one after it. The change counts even if the last EVAL fails;
 * Postgres is asked for a minute then, and codes from before sign nobody in [A44].
 *
 * @param change changes Postgres and returns what it knows of each number afterwards
 */
export const changePhones = async <Done extends PhoneChange>(
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
    const { previousChatId, chatId } = known;
    const hadAnother = previousChatId !== undefined && previousChatId !== chatId;
    const args = { ...toArguments(known), token, canHaveMoved: true, hadAnother, rid: '' };
    await redis.run(END_CHANGE, keysOfChange(phone), args);
  };
  const ends = [...done.known].map(([phone, known]) => end(phone, known).catch(onNotRemembered));
  await Promise.all(ends);
  return done;
};

/** Does the same for one number. */
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

/**
 * Does the same for a change that moves no link: it makes the first link of a number, or finds a
 * newer one.
 *
 * @returns where the waiting code goes: what Postgres says, when Redis could not be told
 */
export const adoptPhone = async (
  redis: RedisClient,
  { phone, requestId = '', onNotRemembered }: WaitingCode & Pick<ChangingPhones, 'onNotRemembered'>,
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
