import type { CallRecord } from '../contract/room-messages.ts';
import { reasonOf } from '../log.ts';
import type { Services } from '../services.ts';
import { deliver } from '../telegram/deliver.ts';
import type { Around } from '../undo.ts';
import { revokeTurn } from './ice.ts';
import { isMissed, missedMessage } from './missed.ts';
import type { MissedLink } from './store.ts';
import { addRecord, claimMissed, findMissedLinks } from './store.ts';

/**
 * Keeps how a call went, once however often it is told. Behind that, TURN credentials of the call are revoked, and those who missed it are told in Telegram.
 *
 * @throws {StoreError} when the database cannot be reached: it has to be told again
 */
export const keepRecord = async (services: Services, record: CallRecord, { log, later }: Around): Promise<void> => {
  const isNew = await addRecord(services.db, record);
  for (const username of record.turn) later('turn.not_revoked', () => revokeTurn(services, username));
  if (isNew) later('call.missed_not_told', () => tellMissed(services, record, log));
};

/** Tells callees that they missed a call, if they want to hear of it; of the same caller once in ten minutes. */
const tellMissed = async (services: Services, record: CallRecord, log: Around['log']): Promise<void> => {
  const { caller, callees, reason, video } = record;
  const missed = callees.filter(({ joined }) => isMissed(reason, joined)).map(({ user }) => user);
  const links = missed.length > 0 ? await findMissedLinks(services.db, caller, missed) : [];
  if (links.length === 0) return;
  const ids = links.map(({ userId }) => userId);
  const due = await claimMissed(services.redis, caller, ids, services.now());
  const tell = async ({ phone, chatId, language, caller: name }: MissedLink) => {
    const hint = { known: true, chatId, language, legacyChatId: undefined };
    await deliver(services, log, phone, hint, missedMessage(name, video)).catch((error) =>
      log.error('call.missed_not_told', { reason: reasonOf(error) }),
    );
  };
  await Promise.all(links.filter((_, index) => due[index]).map(tell));
};
