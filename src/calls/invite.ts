import { InviteAnswer } from '../../party/wire/invite.ts';
import { LimitAnswer } from '../../party/wire/messages.ts';
import { ApiError } from '../platform/errors.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { askCall, askInbox } from './ask.ts';
import { throwUnlessInvited } from './other-call.ts';
import { findRecipients } from './people.ts';
import { findPeople } from './store.ts';

/**
 * Asks whether a user may invite one more person now: that counts as a call [C60].
 *
 * @returns 0, or in how many seconds they may
 */
export const countInvite = async (
  services: Pick<Services, 'rooms'>,
  userId: string,
): Promise<number> => {
  const answer = LimitAnswer.safeParse(await askInbox(services, userId, { type: 'invite' })).data;
  return answer?.outcome === 'limited' ? answer.retryAfterSeconds : 0;
};

/**
 * Rings somebody into the call that a device is in [C58].
 *
 * @param invited whom, as an id or a username
 * @throws {ApiError} when that may not be
 * @throws {StoreError} when the database or the room cannot be reached
 */
export const inviteToCall = async (
  services: Pick<Services, 'db' | 'rooms'>,
  { userId: user, sid: device }: Session,
  { call, invited }: { readonly call: string; readonly invited: string },
): Promise<void> => {
  const people = await findPeople(services.db, user, [invited]);
  const found = findRecipients(people, user, [invited]);
  if (!found.ok) throw new ApiError(found.reason);
  const [callee] = found.callees;
  if (!callee) throw new ApiError('user_not_found');
  const flags = {
    ...(found.unheard.length > 0 && { unheard: true }),
    ...(found.push.length > 0 && { push: true }),
  };
  const message = { type: 'invite', user, device, callee, ...flags } as const;
  throwUnlessInvited(await askCall(services, call, { message, answer: InviteAnswer }), device);
};
