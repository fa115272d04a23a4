import type * as z from 'zod';
import type { ToCall, ToInbox } from '../../party/wire/messages.ts';
import { StoreError } from '../platform/errors.ts';
import type { Services } from '../session/services.ts';

/** A message to the room of a call, and the schema of the room's answer. */
interface Question<Answer extends z.ZodType> {
  readonly message: ToCall;
  readonly answer: Answer;
}

/**
 * Sends a message to the room of a call.
 *
 * @param call the call's id
 * @returns the room's answer
 * @throws {StoreError} when the room cannot be reached, or its answer does not fit the schema
 */
export const askCall = async <Answer extends z.ZodType>(
  { rooms }: Pick<Services, 'rooms'>,
  call: string,
  { message, answer }: Question<Answer>,
): Promise<z.output<Answer>> => {
  try {
    return answer.parse(await rooms.ask({ party: 'call', id: call }, message));
  } catch (cause) {
    throw new StoreError('rooms', message.type, cause);
  }
};

/**
 * Sends a message to the inbox of a user.
 *
 * @returns the inbox's answer as it came
 * @throws {StoreError} when the inbox cannot be reached
 */
export const askInbox = async (
  { rooms }: Pick<Services, 'rooms'>,
  user: string,
  message: ToInbox,
): Promise<unknown> => {
  try {
    return await rooms.ask({ party: 'inbox', id: user }, message);
  } catch (cause) {
    throw new StoreError('rooms', message.type, cause);
  }
};
