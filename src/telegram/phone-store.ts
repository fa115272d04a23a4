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

/** Whether a code may be sent, and where: see redis/scripts/phone.ts. */
export type Whereto = z.output<typeof whereto>;

const ttlOf = ({ userId, chatId }: KnownPhone) =>
  userId || chatId ? TTL.phoneKnown : TTL.phoneUnknown;

const whatIsKnown = (known: KnownPhone) => [
  known.userId ?? '',
  known.chatId ?? '',
  known.language,
  ttlOf(known),
];

const flagOf = (value: boolean) => (value ? '1' : '0');

/**
 * Keeps in Redis what was read in Postgres of a phone, for the scripts of signing in: one EVAL.
 *
 * @param requestId the request whose code waits to be sent, if one does
 * @returns where Redis says that it goes: what was read may be out of date
 */
export const rememberReading = (
  redis: RedisClient,
  { phone, requestId = '' }: { readonly phone: string; readonly requestId?: string | undefined },
  known: KnownPhone,
): Promise<Whereto> =>
  redis.run(
    REMEMBER_READING,
    [keys.phone(phone), keys.changing(phone), keys.code(phone), keys.previousCode(phone)],
    [...whatIsKnown(known), requestId],
  );

const keysOf = (phone: string) => [
  keys.phone(phone),
  keys.changing(phone),
  keys.code(phone),
  keys.previousCode(phone),
  keys.legacyLink(phone),
  keys.used(phone),
  keys.links(phone),
];

/**
 * Changes what Postgres knows of some phones, and keeps Redis from remembering anything else: for each phone an EVAL before the change and one after
 * it. The change counts even if one of the latter fails; Postgres is asked for a minute then, and codes
 * from before sign nobody in.
 *
 * @param change changes Postgres and returns what it knows of each phone afterwards
 * @param onForgotten is told why Redis could not be told of the end
 * @param linked those that Postgres certainly has a link for, and that get no other chat
 */
export const changePhones = async <Done extends Change>(
  redis: RedisClient,
  phones: readonly string[],
  change: () => Promise<Done>,
  onForgotten: (reason: unknown) => void,
  linked: readonly string[] = [],
): Promise<Done> => {
  const token = crypto.randomUUID();
  const begin = (phone: string) => {
    const isLinked = linked.includes(phone);
    const args = [token, TTL.changing, flagOf(isLinked), flagOf(!isLinked)];
    return redis.run(BEGIN_CHANGE, keysOf(phone), args);
  };
  await Promise.all(phones.map(begin));
  const done = await change();
  const end = async (phone: string, known: ChangedPhone) => {
    const { formerChatId, chatId } = known;
    const hadAnother = formerChatId !== undefined && formerChatId !== chatId;
    const args = [...whatIsKnown(known), token, '1', flagOf(hadAnother), ''];
    await redis.run(END_CHANGE, keysOf(phone), args);
  };
  await Promise.all([...done.known].map(([phone, known]) => end(phone, known).catch(onForgotten)));
  return done;
};

/** {@link changePhones} of one. */
export const changePhone = async <Known extends ChangedPhone>(
  redis: RedisClient,
  phone: string,
  change: () => Promise<Known>,
  onForgotten: (reason: unknown) => void,
): Promise<Known> => {
  const changeOne = async () => {
    const known = await change();
    return { known: new Map([[phone, known]]), one: known };
  };
  return (await changePhones(redis, [phone], changeOne, onForgotten)).one;
};

/**
 * The same for a change that moves no link: it puts one where there was none, or finds a newer one.
 *
 * @param adopting the phone, and the request whose code waits to be sent, if one does
 * @returns where the code goes; what Postgres says, when Redis could not be told of the end
 */
export const adoptPhone = async (
  redis: RedisClient,
  adopting: {
    readonly phone: string;
    readonly requestId?: string | undefined;
    readonly onForgotten: (reason: unknown) => void;
  },
  adopt: () => Promise<KnownPhone>,
): Promise<Whereto> => {
  const { phone, requestId = '', onForgotten } = adopting;
  const token = crypto.randomUUID();
  await redis.run(BEGIN_CHANGE, keysOf(phone), [token, TTL.changing, '0', '0']);
  const known = await adopt();
  const args = [...whatIsKnown(known), token, '0', '0', requestId];
  return redis.run(END_CHANGE, keysOf(phone), args).catch((reason) => {
    onForgotten(reason);
    return { sendable: true, ...known };
  });
};
