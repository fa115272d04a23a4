import { Permitted } from '../contract/room-messages.ts';
import type { Log } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/token.ts';
import { tryThrice } from '../undo.ts';
import { askCall } from './ask.ts';
import type { Ice } from './turn.ts';
import { generateIce, revokeCredential, stunAlone } from './turn.ts';

/** STUN and TURN servers for a user; STUN alone when TURN fails, which is logged. */
export const giveIce = async (
  { settings, now }: Pick<Services, 'settings' | 'now'>,
  log: Log,
  userId: string,
): Promise<Ice> => {
  try {
    return await generateIce(settings, userId, now());
  } catch (error) {
    log.error('turn.failed', { reason: reasonOf(error) });
    return stunAlone(settings);
  }
};

/** How long an isolate gives a user the same servers outside of calls, in milliseconds, at most half of the time that they are good for; and to how many users: nobody revokes those credentials. */
const REUSED_MS = 600_000;
const REMEMBERED = 1_000;

/** {@link giveIce} for those who are in no call: they get the same servers again for a while. */
export const createIceMemory = () => {
  /** User → what was given, the longest ago first. */
  const given = new Map<string, { readonly ice: Ice; readonly reusedUntil: number }>();
  return async (services: Pick<Services, 'settings' | 'now'>, log: Log, userId: string): Promise<Ice> => {
    const now = services.now();
    const known = given.get(userId);
    if (known && now < known.reusedUntil) return known.ice;
    const ice = await giveIce(services, log, userId);
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
export const revokeTurn = ({ settings }: Pick<Services, 'settings'>, username: string): Promise<void> =>
  tryThrice(() => revokeCredential(settings, username));

/**
 * Leaves a credential to the call that it was given for, which has it revoked at its end; revokes it when there is no such call.
 *
 * @param given what was given
 * @param call the id of the call, if one comes of it; never rejects
 */
export const leaveToCall = async (
  services: Services,
  { userId, sid }: Session,
  given: Promise<Ice>,
  call: Promise<string | undefined>,
): Promise<void> => {
  const { revocable } = await given;
  if (!revocable) return;
  const id = await call;
  const permit = { type: 'permit', user: userId, device: sid, turn: revocable } as const;
  if (id !== undefined) {
    // A call that does not answer has it revoked here.
    const ask = () => askCall(services, id, permit, Permitted);
    const permitted = await tryThrice(ask).catch(() => undefined);
    if (permitted?.outcome === 'ok') {
      if (permitted.surplus !== undefined) await revokeTurn(services, permitted.surplus);
      return;
    }
  }
  await revokeTurn(services, revocable);
};
