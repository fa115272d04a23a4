import { InviteAnswer } from '../../party/wire/invite.ts';
import { CreateAnswer, PermitAnswer } from '../../party/wire/messages.ts';
import { otherCallError, throwUnlessInvited } from '../../src/calls/other-call.ts';
import { findRecipients } from '../../src/calls/people.ts';
import {
  callTicket,
  inboxTicket,
  inviteToCall,
  listCalls,
  listIceServers,
  startCall,
} from '../../src/contract/http/calls.ts';
import type { Room } from '../../src/contract/sockets/protocol.ts';
import { ApiError, StoreError } from '../../src/platform/errors.ts';
import { drawRandomText } from '../../src/platform/random.ts';
import type { TestContext, Ticket } from './context.ts';
import { createTestRouter, ICE_SERVERS } from './context.ts';
import type { Session } from './people.ts';

/** How long a ticket admits to its room, in seconds. */
const TICKET_SECONDS = 60;

/** How often a call is tried when it crosses others that end meanwhile. */
const TRIES = 3;

/** What a call is made with. */
interface Dial {
  readonly to: readonly string[];
  readonly video: boolean;
  readonly offer?: string | undefined;
}

/** The routes of calls: making one, tickets to rooms, the history, and ICE servers. */
export const callRoutes = (context: TestContext) => {
  const { clock, people, rooms, history, tickets } = context;
  const { app, route } = createTestRouter(context);

  const ticketTo = (
    room: Room,
    session: Session,
    { role, takeOver }: Partial<Pick<Ticket, 'role' | 'takeOver'>> = {},
  ) => {
    const ticket = drawRandomText(16);
    const until = (Math.floor(clock.now() / 1_000) + TICKET_SECONDS) * 1_000;
    tickets.set(ticket, { id: drawRandomText(12), room, session, role, takeOver, until });
    return {
      ticket,
      url: `/parties/${room.party}/${room.id}`,
      expiresAt: new Date(until).toISOString(),
      ttlSeconds: TICKET_SECONDS,
    };
  };

  const admit = (
    session: Session,
    { call, role, video, movable }: Extract<PermitAnswer, { outcome: 'ok' }> & { call: string },
  ) => ({
    callId: call,
    ...ticketTo({ party: 'call', id: call }, session, { role, takeOver: movable }),
    iceServers: ICE_SERVERS,
    role,
    video,
  });

  const findPeople = (userId: string, to: readonly string[]) => {
    const all = Array.from(people.users.values(), ({ userId: user, username, displayName }) => ({
      ...{ user, username, displayName },
      ...{ hasBlockedCaller: false, hasPush: false },
    }));
    const found = findRecipients(all, userId, to);
    if (!found.ok) throw new ApiError(found.reason);
    return found;
  };

  /** Makes a call; undefined when it crossed another one that has just ended. */
  const dial = async (session: Session, { to, video, offer: sdp }: Dial) => {
    const { userId, sid: device } = session;
    const { caller, callees } = findPeople(userId, to);
    const call = crypto.randomUUID();
    const offer = sdp === undefined ? {} : { offer: { kind: 'offer', sdp } as const };
    const message = { type: 'create', caller, callees, device, old: false, video } as const;
    const created = CreateAnswer.parse(await rooms.tellCall(call, { ...message, ...offer }));
    switch (created.outcome) {
      case 'created': {
        const { state, reason } = created;
        const admitted = admit(session, { outcome: 'ok', call, role: 'caller', video });
        return { ...admitted, existing: false, state, ...(reason && { reason }) };
      }
      case 'instead':
        return joinExisting(session, created.call);
      case 'in_call':
        throw otherCallError('in_call', created.held, device);
      case 'limited':
        throw new ApiError('too_many_requests', created.retryAfterSeconds);
      case 'failed':
        throw new StoreError('rooms', 'create', new Error('The inbox cannot be reached'));
    }
  };

  const joinExisting = async (session: Session, call: string) => {
    const { userId: user, sid: device } = session;
    const message = { type: 'permit', user, device, anew: true } as const;
    const permitted = PermitAnswer.parse(await rooms.tellCall(call, message));
    if (permitted.outcome === 'elsewhere') throw otherCallError('in_call', permitted.held, device);
    if (permitted.outcome === 'no_such_call') return undefined;
    const admitted = admit(session, { call, ...permitted });
    return { ...admitted, existing: true, state: 'ringing' as const };
  };

  route(startCall, async ({ session, body }) => {
    for (let left = TRIES; left > 0; left--) {
      const dialled = await dial(session, body);
      if (dialled) return dialled;
    }
    throw new StoreError('rooms', 'permit', new Error('The call has ended'));
  });

  route(callTicket, async ({ session, params: { id }, body: { takeOver } }) => {
    const { userId: user, sid: device } = session;
    const message = { type: 'permit', user, device, ...(takeOver && { takeOver }) } as const;
    const permitted = PermitAnswer.parse(await rooms.tellCall(id, message));
    if (permitted.outcome === 'elsewhere')
      throw otherCallError('answered_elsewhere', permitted.held, device);
    if (permitted.outcome === 'ok') return admit(session, { call: id, ...permitted });
    const error = new ApiError('call_not_found');
    error.reason = permitted.reason;
    throw error;
  });

  route(inviteToCall, async ({ session, params: { id }, body: { user: invited } }) => {
    const { userId: user, sid: device } = session;
    const [callee] = findPeople(user, [invited]).callees;
    if (!callee) throw new ApiError('user_not_found');
    const message = { type: 'invite', user, device, callee } as const;
    throwUnlessInvited(InviteAnswer.parse(await rooms.tellCall(id, message)), device);
    return { ok: true };
  });

  route(inboxTicket, ({ session, userId }) => ticketTo({ party: 'inbox', id: userId }, session));

  route(listCalls, ({ userId, query }) => history.page(userId, query));

  route(listIceServers, () => ({
    iceServers: ICE_SERVERS,
    expiresAt: null,
    ttlSeconds: null,
  }));

  return app;
};
