import type { Called, Done, SessionsChecked, ToWorker } from '../../party/wire/messages.ts';
import { startCall } from '../contract/http/calls.ts';
import { ApiError, kindOf, StoreError } from '../platform/errors.ts';
import type { Around } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import { dial } from './dial.ts';
import { keepRecord } from './record.ts';

/**
 * Does what a room asks of the Worker.
 *
 * @throws {StoreError} when it has to be asked again
 * @throws {ApiError} `invalid_field` when it never can be done
 */
export const onRoomMessage = async (
  services: Services,
  message: ToWorker,
  around: Around,
): Promise<Called | Done | SessionsChecked> => {
  if (message.type === 'sessions') {
    const ended = await services.sessions.findEnded(message.user, message.sessions);
    return { outcome: 'ok', ended: [...ended] };
  }
  if (message.type === 'record') {
    await keepRecord(services, message, around).catch((error) => {
      if (error instanceof StoreError) throw error;
      // The database will not take it another time either.
      around.log.error('call.record_refused', { call: message.call, reason: kindOf(error) });
      throw new ApiError('invalid_field');
    });
    return { outcome: 'done' };
  }
  const { from, device, offer, video, request } = message;
  // What an old client wrote, which nobody has looked at.
  const { data } = startCall.body.safeParse({ to: message.to });
  if (!data) return { outcome: 'no' };
  const dialled = await dial(services, {
    from,
    device,
    old: true,
    to: data.to,
    offer,
    video,
    request,
  });
  // An old client cannot take up a call that it did not begin: where the other one's call was first, this device rings. Its own call
  // is there already when the inbox did not hear the first answer.
  const isTheirs =
    dialled.outcome === 'call' && dialled.state === 'ringing' && dialled.role === 'caller';
  return isTheirs ? { outcome: 'ok', call: dialled.call } : { outcome: 'no' };
};
