import type { Answer } from '../client.ts';
import type { CallLine, Device, Ticket } from './device.ts';

/** How a device that has lost the call to another one of its user is closed. */
export const NOT_IN_CALL = { code: 4003, reason: 'Not in this call' };

/** Asks for a ticket to take a call over. */
export const takeOver = (device: Device, callId: string): Promise<Answer> =>
  device.send('POST', `/api/calls/${callId}/ticket`, { takeOver: true });

/** Asks for such a ticket, and throws when it is refused. */
export const takeOverTicket = async (device: Device, callId: string): Promise<Ticket> => {
  const { status, body, text } = await takeOver(device, callId);
  if (status !== 200) throw new Error(text);
  return { ticket: String(body['ticket']), url: String(body['url']) };
};

/** Connects a device that may take a call over; the first frame is the welcome. */
export const joinToMove = async (device: Device, callId: string): Promise<CallLine> =>
  device.join(await takeOverTicket(device, callId));

/** Moves a call to a device. */
export const moveTo = async (device: Device, callId: string): Promise<CallLine> => {
  const line = await joinToMove(device, callId);
  line.say({ type: 'move' });
  await line.next({ type: 'state', state: 'accepted' });
  return line;
};

/** Connects a device on which it rings, and which wants to hear what is said already. */
export const joinEarly = async (
  device: Device,
  callId: string,
  resume?: object,
): Promise<CallLine> => {
  const line = await device.knock(callId);
  line.say({ type: 'hello', version: 1, early: true, ...(resume && { resume }) });
  await line.next({ type: 'welcome' });
  return line;
};
