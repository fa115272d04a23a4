import type { IceServer } from '../../src/contract/http/calls.ts';
import type { Room } from '../../src/contract/sockets/protocol.ts';
import { ApiError } from '../../src/platform/errors.ts';
import type { Authenticator } from '../../src/platform/http/router.ts';
import { createRouter } from '../../src/platform/http/router.ts';
import type { Clock } from '../src/options.ts';
import type { CallHistory } from './history.ts';
import type { People, Session } from './people.ts';
import type { MemoryRooms } from './rooms.ts';

/** What lets a device into a room, once. */
export interface Ticket {
  readonly id: string;
  readonly room: Room;
  readonly session: Session;
  readonly role: 'caller' | 'callee' | undefined;
  readonly takeOver: boolean | undefined;
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
}

/** All that the test server knows. */
export interface TestContext {
  readonly clock: Clock;
  readonly people: People;
  readonly rooms: MemoryRooms;
  readonly history: CallHistory;
  /** By the texts that are in addresses. */
  readonly tickets: Map<string, Ticket>;
}

/** What clients are told to use; there need be nothing there. */
export const ICE_SERVERS: IceServer[] = [{ urls: ['stun:localhost:3478'] }];

/** Creates the server's own router for endpoints of the contract. */
export const createTestRouter = ({ people, clock }: Pick<TestContext, 'people' | 'clock'>) => {
  const authenticator: Authenticator<Session> = {
    identify: async (c) => {
      const header = c.req.header('Authorization')?.trim() ?? '';
      const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? [];
      if (!token) throw new ApiError('no_token');
      const session = people.sessionOf(token);
      if (!session) throw new ApiError('invalid_token');
      return session;
    },
    isRemembered: ({ token }) => people.sessionOf(token) !== undefined,
    requireLiving: async () => {
      throw new ApiError('invalid_token');
    },
  };
  return createRouter({ authenticator, now: () => clock.now() });
};

/** Ends sessions, and tells the inbox of their user, which closes their sockets. */
export const endSessions = async (
  { people, rooms }: Pick<TestContext, 'people' | 'rooms'>,
  userId: string,
  ended: readonly Session[],
): Promise<void> => {
  for (const { token } of ended) people.sessions.delete(token);
  await rooms.tellInbox(userId, { type: 'revoked', sids: ended.map(({ sid }) => sid) });
};
