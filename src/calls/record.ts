import type { CallRecord } from '../../party/wire/to-worker.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { reasonOf } from '../platform/log.ts';
import { drawRandomText } from '../platform/random.ts';
import { tryThrice } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import { deliver } from '../telegram/deliver.ts';
import { revokeTurn } from './ice.ts';
import { composeMissedMessage, formatCallerName } from './missed.ts';
import type { MissedLink } from './store.ts';
import { addRecord, claimMissed, claimMissedLinks } from './store.ts';

/**
 * Keeps how a call went, once however often it is told [C9]. After the response TURN credentials
 * of the call are revoked [C31], and those who missed it are told in Telegram [C6].
 *
 * @throws {StoreError} when the database cannot be reached: it has to be told again
 */
export const keepRecord = async (
  ctx: RequestContext,
  services: Services,
  record: CallRecord,
): Promise<void> => {
  // A known record may be untold too: the answer to the try that kept it may have been lost.
  const isUntold = await addRecord(services.db, record);
  if (isUntold) ctx.defer('call.missed_not_told', () => tellMissed(ctx, services, record));
  if (record.turn.length > 0) {
    ctx.defer('turn.not_revoked', () => revokeAll(services, record.turn));
  }
};

/**
 * How many credentials are revoked at a time: a Worker has at most six requests open, and each
 * request has a time limit of its own.
 */
const REVOKED_AT_ONCE = 5;

/**
 * Revokes credentials; when one fails, the others are revoked all the same.
 *
 * @throws {AggregateError} with all failures
 */
const revokeAll = async (
  services: Pick<Services, 'settings'>,
  usernames: readonly string[],
): Promise<void> => {
  const failures: unknown[] = [];
  const revoke = (username: string) =>
    revokeTurn(services, username).catch((error) => failures.push(error));
  for (let at = 0; at < usernames.length; at += REVOKED_AT_ONCE) {
    await Promise.all(usernames.slice(at, at + REVOKED_AT_ONCE).map(revoke));
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${usernames.length} not revoked`);
};

/** Tells callees that they missed a call, unless they said no, once per caller in ten minutes. */
const tellMissed = async (
  ctx: RequestContext,
  services: Services,
  record: CallRecord,
): Promise<void> => {
  const { caller: first, callees: all } = record;
  const callers = new Set(
    all.filter(({ missed }) => missed).map(({ invited }) => invited?.by ?? first),
  );
  const teller = drawRandomText(12);
  for (const caller of callers) {
    const callees = all.filter(({ invited }) => (invited?.by ?? first) === caller);
    await tellMissedOf(ctx, services, { record: { ...record, caller, callees }, teller });
  }
};

/** Tells the callees of one caller, or those whom somebody has invited into the call. */
const tellMissedOf = async (
  ctx: RequestContext,
  services: Services,
  { record, teller }: { readonly record: CallRecord; readonly teller: string },
): Promise<void> => {
  const { caller, video } = record;
  const links = await tryThrice(() => claimMissedLinks(services.db, record, teller));
  if (links.length === 0) return;
  const reachable = links.map(({ userId }) => userId);
  const missed = { callerId: caller, callees: reachable, teller, now: ctx.now() };
  const isDue = await tryThrice(() => claimMissed(services.redis, missed));
  const tell = async ({ phone, chatId, language, caller: profile }: MissedLink) => {
    const hint = { known: true, chatId, language, legacyChatId: undefined };
    // The caller chose the name: it must become no link, and no number that a tap dials [A47].
    const extras = () => ({ quoted: formatCallerName(profile) });
    const text = composeMissedMessage(profile, video);
    await deliver(ctx, services, { phone, hint, text, extras }).catch((error) =>
      ctx.log.error('call.missed_not_told', { reason: reasonOf(error) }),
    );
  };
  await Promise.all(links.filter((_, index) => isDue[index]).map(tell));
};
