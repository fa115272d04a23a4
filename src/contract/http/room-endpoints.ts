import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';

const ticket = z
  .string()
  .optional()
  .describe('From `POST /api/calls`, `/api/calls/:id/ticket` or `/api/calls/inbox`');

/** Opens a WebSocket to the room of a call: answers 101, and speaks as docs/protocol.md says. */
export const openCallRoom = {
  method: 'get',
  path: '/parties/call/:room',
  summary:
    'A WebSocket to the room of a call (docs/protocol.md). Without a good ticket it is closed ' +
    'with 4001 or 4003',
  params: z.object({ room: z.string() }),
  query: z.object({ ticket }),
  errors: ['websocket_required', 'room_not_found'],
} as const satisfies Endpoint;

/** Opens a WebSocket to the inbox of a user: answers 101, and speaks as docs/protocol.md says. */
export const openInbox = {
  ...openCallRoom,
  path: '/parties/inbox/:room',
  summary: 'A WebSocket to my inbox, where calls ring (docs/protocol.md)',
} as const satisfies Endpoint;

/** Opens the socket of legacy clients: answers 101 [C36]. */
export const openLegacySocket = {
  method: 'get',
  path: '/ws',
  summary: 'The WebSocket of legacy clients. With a bad token, or none, it is closed with 4001',
  query: z.object({ token: z.string().optional() }),
  errors: ['websocket_required'],
} as const satisfies Endpoint;
