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

/** When a call rings no longer for a member who does not answer, in milliseconds since 1970. */
export const ringsUntil = (
  { createdAt }: { readonly createdAt: number },
  { invited }: { readonly invited?: Invitation | undefined },
): number => (invited?.at ?? createdAt) + RING_MS;
