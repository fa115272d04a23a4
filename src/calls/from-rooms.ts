import type { Done } from '../../party/wire/messages.ts';
import type {
  AboutChats,
  CallAnswer,
  PushMessage,
  SessionsAnswer,
  ToWorker,
} from '../../party/wire/to-worker.ts';
import { startCall } from '../contract/http/calls.ts';
import { ApiError, kindOf, StoreError } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import type { Services } from '../session/services.ts';
import { dial } from './dial.ts';
import { keepRecord } from './record.ts';
import { findPeople } from './store.ts';

/**
 * Does what a room asks of the Worker beside chats and pushes: finds ended sessions, keeps a
 * record, or dials for a legacy client.
 *
 * @throws {StoreError} when the room has to ask again
 * @throws {ApiError} `invalid_field` when it can never be done
 */
export const onRoomMessage = async (
  ctx: RequestContext,
  services: Services,
  message: Exclude<ToWorker, AboutChats | PushMessage>,
): Promise<CallAnswer | Done | SessionsAnswer> => {
  if (message.type === 'sessions') {
    const ended = await services.sessions.findEnded(message.user, message.sessions);
    return { outcome: 'ok', ended: [...ended] };
  }
  if (message.type === 'record') {
    await keepRecord(ctx, services, message).catch((error) => {
      if (error instanceof StoreError) throw error;
      // The database would refuse it another time too.
      ctx.log.error('call.record_refused', { call: message.call, reason: kindOf(error) });
      throw new ApiError('invalid_field');
    });
    return { outcome: 'done' };
  }
  const { from, device, offer, video, request } = message;
  // A legacy client wrote `to`, and nobody has validated it.
  const { data } = startCall.body.safeParse({ to: message.to });
  if (!data) return { outcome: 'no' };
  const dialled = await dial(services, {
    from,
    device,
    legacy: true,
    to: data.to,
    people: await findPeople(services.db, from, data.to),
    offer,
    video,
    request,
  });
  // A legacy client cannot join a call that it did not begin: when the other side dialled first,
  // its device rings instead. Its own call exists already when the inbox lost the first answer.
  const isTheirs =
    dialled.outcome === 'call' && dialled.state === 'ringing' && dialled.role === 'caller';
  return isTheirs ? { outcome: 'ok', call: dialled.call } : { outcome: 'no' };
};
