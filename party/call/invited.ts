import { RING_MS } from '../../src/contract/sockets/call.ts';

/** An invitation into a call that goes on. */
export interface Invitation {
  readonly by: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  /** How often this member was invited: what is told of an earlier time is late [C62]. */
  readonly n: number;
  /** How the call came to a member who had heard of it before, and whether they were in it. */
  readonly before?: (Coming & { readonly joined: boolean }) | undefined;
}

/** Who has called or invited a member, and when, in milliseconds since 1970. */
export type Coming = Pick<Invitation, 'by' | 'at'>;

/** What says of a member how the call came to them, as in `state.ts`. */
interface InvitedMember {
  readonly invited?: Invitation | undefined;
  readonly unheard?: boolean | undefined;
  readonly pausedForSeconds?: number | undefined;
}

/** When a call rings no longer for a member who does not answer, in milliseconds since 1970. */
export const ringsUntil = (
  { createdAt }: { readonly createdAt: number },
  { invited }: { readonly invited?: Invitation | undefined },
): number => (invited?.at ?? createdAt) + RING_MS;

/**
 * How the call came to a member, as their history has it [C63]: for who was in it as it came first,
 * and an invitation that did not ring for them changes nothing.
 */
export const comingOf = (
  { caller, createdAt }: { readonly caller: string; readonly createdAt: number },
  { invited, unheard, pausedForSeconds }: InvitedMember,
): Coming => {
  if (!invited) return { by: caller, at: createdAt };
  const { by, at, before } = invited;
  if (!before) return { by, at };
  const hasRung = !unheard && pausedForSeconds === undefined;
  return { by: hasRung ? by : before.by, at: hasRung && !before.joined ? at : before.at };
};
