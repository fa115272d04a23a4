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
  const left = id !== undefined && (await askCall(services, id, permit, Permitted)).outcome === 'ok';
  if (!left) await revokeTurn(services, revocable);
};
