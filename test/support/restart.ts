import { RESTART_PATH } from './restart-path.ts';
import { stack } from './stack.ts';

/**
 * Restarts the room of a call, as a move to another machine does: its memory is gone, and so are
 * its sockets; its storage stays.
 */
export const restartRoom = async (call: string): Promise<void> => {
  const answer = await fetch(`${stack.apiUrl}${RESTART_PATH}${call}`);
  if (!answer.ok) throw new Error(`The room was not restarted: ${answer.status}`);
};
