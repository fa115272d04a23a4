import { LimitAnswer, PermitAnswer } from '../../party/wire/messages.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { reasonOf } from '../platform/log.ts';
import { tryThrice } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { askCall, askInbox } from './ask.ts';
import type { Ice } from './turn.ts';
import { generateIce, hasTurn, listStunServers, revokeCredential } from './turn.ts';

/** ICE servers for a user; `retryAfterSeconds` is set when TURN is left out because of a limit. */
export type GrantedIce = Ice & { readonly retryAfterSeconds?: number };

type IceContext = Pick<RequestContext, 'log' | 'now'>;
type IceServices = Pick<Services, 'settings' | 'rooms'>;

/**
 * Gets STUN and TURN servers for a user who has just made a call, which their inbox has counted.
 * When TURN fails, it logs that and answers STUN alone.
 */
export const iceServersFor = async (
  ctx: IceContext,
  { settings }: Pick<Services, 'settings'>,
  userId: string,
): Promise<GrantedIce> => {
  try {
    return await generateIce(settings, userId, ctx.now());
  } catch (error) {
    ctx.log.error('turn.failed', { reason: reasonOf(error) });
    return listStunServers(settings);
  }
};

/** {@link iceServersFor} for a user who has made no new call, as long as their inbox allows it. */
export const countedIceServersFor = async (
  ctx: IceContext,
  services: IceServices,
  userId: string,
): Promise<GrantedIce> => {
  const { settings } = services;
  if (!hasTurn(settings)) return listStunServers(settings);
  try {
    const answer = LimitAnswer.safeParse(await askInbox(services, userId, { type: 'turn' })).data;
    if (answer?.outcome === 'limited') {
      return { ...listStunServers(settings), retryAfterSeconds: answer.retryAfterSeconds };
    }
  } catch (error) {
    ctx.log.error('turn.failed', { reason: reasonOf(error) });
    return listStunServers(settings);
  }
  return iceServersFor(ctx, services, userId);
};

/**
 * How long an isolate gives a user the same servers outside of calls, in milliseconds: nobody
 * revokes those credentials. It is at most half of the time that they are good for.
 */
const REUSED_MS = 600_000;

/** How many users' servers are remembered. */
const REMEMBERED = 1_000;

/** Makes a {@link countedIceServersFor} for users in no call, who get the same for a while. */
export const createIceMemory = () => {
  /** Maps a user to what they were given; the one who was given longest ago comes first. */
  const given = new Map<string, { readonly ice: Ice; readonly reusedUntil: number }>();
  return async (ctx: IceContext, services: IceServices, userId: string): Promise<GrantedIce> => {
    const now = ctx.now();
    const known = given.get(userId);
    if (known && now < known.reusedUntil) return known.ice;
    const ice = await countedIceServersFor(ctx, services, userId);
    given.delete(userId);
    // Without TURN there is no credential to reuse.
    if (ice.until === undefined) return ice;
    given.set(userId, { ice, reusedUntil: now + Math.min(REUSED_MS, (ice.until - now) / 2) });
    const [oldest] = given.keys();
    if (given.size > REMEMBERED && oldest !== undefined) given.delete(oldest);
    return ice;
  };
};

/** Revokes a TURN credential, in up to three tries. */
export const revokeTurn = (
  { settings }: Pick<Services, 'settings'>,
  username: string,
): Promise<void> => tryThrice(() => revokeCredential(settings, username));

/** Hands a TURN credential to the call that it was made for, which has it revoked at its end. */
export const leaveToCall = async (
  services: IceServices,
  { userId, sid }: Session,
  { call, revocable }: { readonly call: string; readonly revocable: string },
): Promise<void> => {
  const permit = { type: 'permit', user: userId, device: sid, turn: revocable } as const;
  const handOver = () => askCall(services, call, { message: permit, answer: PermitAnswer });
  const permitted = await tryThrice(handOver).catch(() => undefined);
  // A call that does not answer will not have it revoked.
  if (permitted?.outcome !== 'ok') return revokeTurn(services, revocable);
  if (permitted.surplus !== undefined) await revokeTurn(services, permitted.surplus);
};
