import { Permitted, TurnGranted } from '../../party/wire/messages.ts';
import type { Log } from '../platform/log.ts';
import { reasonOf } from '../platform/log.ts';
import { tryThrice } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { askCall, askInbox } from './ask.ts';
import type { Ice } from './turn.ts';
import { generateIce, hasTurn, revokeCredential, stunAlone } from './turn.ts';

/** What is given where TURN is not, and why not: the user has been given too many, or it failed. */
export type Given = Ice & { readonly retryAfterSeconds?: number };

type Needed = Pick<Services, 'settings' | 'now' | 'rooms'>;

/**
 * STUN and TURN servers for a user who has just made a call, which their inbox has counted; STUN
 * alone when TURN fails, which is logged.
 */
export const giveIce = async (services: Needed, log: Log, userId: string): Promise<Given> => {
  const { settings, now } = services;
  try {
    return await generateIce(settings, userId, now());
  } catch (error) {
    log.error('turn.failed', { reason: reasonOf(error) });
    return stunAlone(settings);
  }
};

/** {@link giveIce} for whoever has made no new call, as long as their inbox allows it. */
export const giveCountedIce: typeof giveIce = async (services, log, userId) => {
  const { settings } = services;
  if (!hasTurn(settings)) return stunAlone(settings);
  try {
    const answer = TurnGranted.safeParse(await askInbox(services, userId, { type: 'turn' })).data;
    if (answer?.outcome === 'limited') {
      return { ...stunAlone(settings), retryAfterSeconds: answer.retryAfterSeconds };
    }
  } catch (error) {
    log.error('turn.failed', { reason: reasonOf(error) });
    return stunAlone(settings);
  }
  return giveIce(services, log, userId);
};

/** How long an isolate gives a user the same servers outside of calls, in milliseconds, at most half of the time that they are good for; and to how many users: nobody revokes those credentials. */
const REUSED_MS = 600_000;
const REMEMBERED = 1_000;

/** {@link giveCountedIce} for those who are in no call: they get the same again for a while. */
export const createIceMemory = () => {
  /** User → what was given, the longest ago first. */
  const given = new Map<string, { readonly ice: Ice; readonly reusedUntil: number }>();
  return async (services: Needed, log: Log, userId: string): Promise<Given> => {
    const now = services.now();
    const known = given.get(userId);
    if (known && now < known.reusedUntil) return known.ice;
    const ice = await giveCountedIce(services, log, userId);
    given.delete(userId);
    // Without TURN there is nothing to spare.
    if (ice.until === undefined) return ice;
    given.set(userId, { ice, reusedUntil: now + Math.min(REUSED_MS, (ice.until - now) / 2) });
    const [oldest] = given.keys();
    if (given.size > REMEMBERED && oldest !== undefined) given.delete(oldest);
    return ice;
  };
};

/** Revokes a credential: up to three tries. */
export const revokeTurn = (
  { settings }: Pick<Services, 'settings'>,
  username: string,
): Promise<void> => tryThrice(() => revokeCredential(settings, username));

/** Leaves a credential to the call that it was given for, which has it revoked at its end. */
export const leaveToCall = async (
  services: Services,
  { userId, sid }: Session,
  { call, revocable }: { readonly call: string; readonly revocable: string },
): Promise<void> => {
  const permit = { type: 'permit', user: userId, device: sid, turn: revocable } as const;
  // A call that does not answer has it revoked here.
  const ask = () => askCall(services, call, permit, Permitted);
  const permitted = await tryThrice(ask).catch(() => undefined);
  if (permitted?.outcome !== 'ok') return revokeTurn(services, revocable);
  if (permitted.surplus !== undefined) await revokeTurn(services, permitted.surplus);
};
