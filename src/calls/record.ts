import type { CallRecord } from '../../party/wire/messages.ts';
import { reasonOf } from '../platform/log.ts';
import { randomText } from '../platform/random.ts';
import type { Around } from '../platform/retry.ts';
import { tryThrice } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import { deliver } from '../telegram/deliver.ts';
import { revokeTurn } from './ice.ts';
import { callerName, missedMessage } from './missed.ts';
import type { MissedLink } from './store.ts';
import { addRecord, claimMissed, claimMissedLinks } from './store.ts';

/**
 * Keeps how a call went, once however often it is told. Behind that, TURN credentials of the call are revoked, and those who missed it are told in Telegram.
 *
 * @throws {StoreError} when the database cannot be reached: it has to be told again
 */
export const keepRecord = async (
  services: Services,
  record: CallRecord,
  { log, later }: Around,
): Promise<void> => {
  // Not only when it is new: the answer to a try that has kept it may have been lost.
  const isUntold = await addRecord(services.db, record);
  if (isUntold) later('call.missed_not_told', () => tellMissed(services, record, log));
  if (record.turn.length > 0) later('turn.not_revoked', () => revokeAll(services, record.turn));
};

/** How many credentials are revoked at a time: a Worker has six requests open at most, and each has a time of its own. */
const REVOKED_AT_ONCE = 5;

/** Revokes credentials; the failure of one keeps no other from it. */
const revokeAll = async (services: Services, usernames: readonly string[]): Promise<void> => {
  const failures: unknown[] = [];
  const revoke = (username: string) =>
    revokeTurn(services, username).catch((error) => failures.push(error));
  for (let at = 0; at < usernames.length; at += REVOKED_AT_ONCE) {
    await Promise.all(usernames.slice(at, at + REVOKED_AT_ONCE).map(revoke));
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${usernames.length} not revoked`);
};

/** Tells callees that they missed a call, if they want to hear of it; of the same caller once in ten minutes. */
const tellMissed = async (
  services: Services,
  record: CallRecord,
  log: Around['log'],
): Promise<void> => {
  const { caller, callees, video } = record;
  if (!callees.some(({ missed }) => missed)) return;
  const teller = randomText(12);
  const links = await tryThrice(() => claimMissedLinks(services.db, record, teller));
  if (links.length === 0) return;
  const ids = links.map(({ userId }) => userId);
  const by = { teller, now: services.now() };
  const due = await tryThrice(() => claimMissed(services.redis, caller, ids, by));
  const tell = async ({ phone, chatId, language, caller: name }: MissedLink) => {
    const hint = { known: true, chatId, language, legacyChatId: undefined };
    // The caller chose the name: it must become no link, and no number that a tap dials.
    const extras = () => ({ quoted: callerName(name) });
    const text = missedMessage(name, video);
    await deliver({ log }, services, { phone, hint, text, extras }).catch((error) =>
      log.error('call.missed_not_told', { reason: reasonOf(error) }),
    );
  };
  await Promise.all(links.filter((_, index) => due[index]).map(tell));
};
