import type * as z from 'zod';
import type { ToCall, ToInbox } from '../../party/wire/messages.ts';
import { StoreError } from '../platform/errors.ts';
import type { Services } from '../session/services.ts';

/**
 * Tells a call something.
 *
 * @param call its id
 * @returns its answer
 * @throws {StoreError} when its room cannot be reached, or answers what is no answer
 */
export const askCall = async <Answer extends z.ZodType>(
  { rooms }: Pick<Services, 'rooms'>,
  call: string,
  message: ToCall,
  answer: Answer,
): Promise<z.output<Answer>> => {
  try {
    return answer.parse(await rooms.ask({ party: 'call', id: call }, message));
  } catch (cause) {
    throw new StoreError('rooms', message.type, cause);
  }
};

/**
 * Tells the inbox of a user something.
 *
 * @returns what it answers, whatever that is
 * @throws {StoreError} when its room cannot be reached
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
