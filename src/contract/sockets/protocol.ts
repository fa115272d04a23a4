import * as z from 'zod';

/** The kinds of rooms: WebSockets at `/parties/<party>/<room>`, JSON text frames both ways. docs/protocol.md is made for writers of clients. */
export const PARTIES = ['qr', 'call', 'inbox'] as const;

/** A room: of a sign-in by QR code, of a call, or the one where a user's devices are reached. */
export interface Room {
  readonly party: (typeof PARTIES)[number];
  readonly id: string;
}

/** The ids that rooms can have: they stand in a URL as they are. */
export const ROOM_ID = /^[\w-]{1,64}$/;

/** The version of the protocol that is spoken in `call` and `inbox` rooms; a client names it in its hello. */
export const VERSION = 1;

/** The longest frame that a room reads, in bytes of UTF-8 or, if it is binary, bytes (calls.md, "Limits"). */
export const FRAME_LIMIT = 64 * 1024;

/** The longest frame with a signal, likewise: a screen that was shared a dozen times makes an SDP of more than 64 KiB. */
export const SIGNAL_LIMIT = 256 * 1024;

/** The longest frame that is looked at: a signal that is longer than {@link SIGNAL_LIMIT} is refused by its number, and its sender stays. */
export const READ_LIMIT = 1024 * 1024;

/**
 * How many frames a second one socket may send, and how many at once. One that is longer than
 * {@link FRAME_LIMIT} counts as so many as it is times as long.
 */
export const FRAME_RATE = { perSecond: 50, burst: 200 } as const;

/** How many devices of a user are connected to an inbox at most; likewise sockets to a `qr` room (calls.md, "Limits"). */
export const DEVICE_LIMIT = 8;

/** A socket of a call that says nothing for so long is taken for dead, in milliseconds: clients ping every 5 s. */
export const SILENCE_MS = 15_000;

/** Why a room ends a connection (calls.md, "Protocol"). Where coming back with a new ticket may help, it says so. */
export const CLOSE = {
  /** What the room was for is over: the call has ended. */
  done: { code: 1000, reason: 'Done' },
  /** RFC 6455 §7.4.1: the frame was too long. */
  tooBig: { code: 1009, reason: 'Frame too long' },
  /** RFC 6455 §7.4.1: the room met with an error. Come back. */
  failed: { code: 1011, reason: 'The room failed' },
  /** No ticket, one that is wrong, expired or used; or the session has ended. Come back with a new ticket, if there is one to be had. */
  unauthorized: { code: 4001, reason: 'Unauthorized' },
  /** The ticket is for another room, or another device of the user has the call. */
  notInCall: { code: 4003, reason: 'Not in this call' },
  noSuchCall: { code: 4004, reason: 'No such call' },
  /** A newer socket of the same device has come. Do not come back: the two would throw each other out. */
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
 * The text that asks for a sign of life, and the text that answers it: no JSON, so that it neither wakes a sleeping room nor is anything that an old client sends and
 * is not to be answered (contract.md).
 */
export const PING = ['ping', 'pong'] as const;

/** The same as a frame, for clients that have nothing but JSON. It wakes the room. */
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
    'Too much is waiting for the other side; send it again later, from the sequence number of the resend frame',
} as const;

/** See {@link FRAME_ERRORS}. */
export type FrameError = keyof typeof FRAME_ERRORS;

/** Tells of a frame that was refused; `message` is for developers. */
export const ErrorFrame = z.object({
  type: z.literal('error'),
  code: z.enum(Object.keys(FRAME_ERRORS) as [FrameError, ...FrameError[]]),
  message: z.string(),
  seq: z.int().min(1).optional().describe('The signal that was refused, if it was one'),
});

/** The frame for an error. */
export const errorFrame = (code: FrameError, seq?: number): z.output<typeof ErrorFrame> => ({
  type: 'error',
  code,
  message: FRAME_ERRORS[code],
  ...(seq !== undefined && { seq }),
});
