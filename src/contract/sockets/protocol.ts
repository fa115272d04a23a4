import * as z from 'zod';

/**
 * The kinds of rooms: WebSockets at `/parties/<party>/<room>` with JSON text frames both ways.
 * docs/protocol.md describes them for writers of clients.
 */
export const PARTIES = ['qr', 'call', 'inbox', 'fanout'] as const;

/**
 * A room: of a sign-in by QR code, of a call, the inbox that reaches a user's devices, or the one
 * that tells the many members of a chat, to which no client connects.
 */
export interface Room {
  readonly party: (typeof PARTIES)[number];
  readonly id: string;
}

/** The form of a room's id, which stands in a URL as it is. */
export const ROOM_ID = /^[\w-]{1,64}$/;

/** The version of the protocol of `call` and `inbox` rooms; a client names it in its hello. */
export const VERSION = 1;

/** The longest frame without a signal, in bytes of UTF-8, or in bytes if it is binary [C21]. */
export const FRAME_LIMIT = 64 * 1024;

/**
 * The longest frame with a signal, in the same bytes [C21]. A screen that was shared a dozen times
 * makes an SDP of more than 64 KiB.
 */
export const SIGNAL_LIMIT = 256 * 1024;

/**
 * The longest frame that is read at all: a signal between {@link SIGNAL_LIMIT} and this is refused
 * by its number, and its sender stays [C21].
 */
export const READ_LIMIT = 1024 * 1024;

/**
 * How many frames a second one socket may send, and how many at once [C22]. A frame that is n times
 * as long as {@link FRAME_LIMIT} counts as n frames.
 */
export const FRAME_RATE = { perSecond: 50, burst: 200 } as const;

/** How many devices of a user an inbox connects at most, and sockets a `qr` room [C27]. */
export const DEVICE_LIMIT = 8;

/** A silent socket of a call is dead after so many milliseconds; clients ping every 5 s [C23]. */
export const SILENCE_MS = 15_000;

/** Why a room closes a connection; it says where a client should come back with a new ticket. */
export const CLOSE = {
  /** What the room was for is over: the call has ended. */
  done: { code: 1000, reason: 'Done' },
  /** RFC 6455 §7.4.1: the frame was too long. */
  tooBig: { code: 1009, reason: 'Frame too long' },
  /** RFC 6455 §7.4.1: the room met with an error. Come back. */
  failed: { code: 1011, reason: 'The room failed' },
  /**
   * There is no ticket, or it is wrong, expired or used, or the session has ended. Come back if a
   * new ticket can be had.
   */
  unauthorized: { code: 4001, reason: 'Unauthorized' },
  /** The ticket is for another room, or another device of the user has the call. */
  notInCall: { code: 4003, reason: 'Not in this call' },
  noSuchCall: { code: 4004, reason: 'No such call' },
  /** The device has a newer socket. Do not come back, or the two would throw each other out. */
  replaced: { code: 4008, reason: 'Replaced by a newer socket' },
  tooMany: { code: 4029, reason: 'Too many messages' },
  /** The hello named a version that is not spoken here. */
  version: { code: 4400, reason: 'Unknown version' },
  /** What a `qr` room was for has run out. Coming back is of no use. */
  expired: { code: 4408, reason: 'Expired' },
  /** Nothing was heard for {@link SILENCE_MS}. Come back. */
  silent: { code: 4409, reason: 'Silent for too long' },
  /** Too many devices or connections. */
  full: { code: 4429, reason: 'Too many connections' },
} as const;

/** A reason to end a connection, see {@link CLOSE}. */
export type CloseReason = keyof typeof CLOSE;

/**
 * The text that asks for a sign of life, and its answer. It does not wake a sleeping room. Legacy
 * clients never send it: their pings are frames.
 */
export const PING = ['ping', 'pong'] as const;

/** A ping as a frame, for clients that can only send JSON. It wakes the room. */
export const Ping = z.object({ type: z.literal('ping') });

/** Why a frame was refused. The connection stays. */
export const FRAME_ERRORS = {
  malformed: 'Not a JSON object in a text frame',
  unknown_type: 'No such type of frame here',
  invalid: 'A field is missing or has a wrong value',
  hello_first: 'The first frame must be a hello',
  not_now: 'This does not fit the state of the call',
  no_such_peer: 'Signals of a group call need `to`, and somebody there who has joined',
  too_long: 'The signal is longer than 256 KiB; it has used no number',
  too_much:
    'Too much is waiting for the other side; send it again later, from the sequence number of ' +
    'the resend frame',
  too_often: 'The call was moved too often; try again in a minute',
} as const;

export type FrameError = keyof typeof FRAME_ERRORS;

/** The frame that tells of a refused frame; `message` is for developers. */
export const ErrorFrame = z.object({
  type: z.literal('error'),
  code: z.enum(Object.keys(FRAME_ERRORS) as [FrameError, ...FrameError[]]),
  message: z.string(),
  seq: z.int().min(1).optional().describe('The signal that was refused, if it was one'),
});

/** Makes the frame for an error. */
export const errorFrame = (code: FrameError, seq?: number): z.output<typeof ErrorFrame> => ({
  type: 'error',
  code,
  message: FRAME_ERRORS[code],
  ...(seq !== undefined && { seq }),
});
