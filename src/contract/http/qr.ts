import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { DeviceFields } from './sessions.ts';

/** How long a QR code can be used, in seconds [A26]. */
export const QR_TTL_SECONDS = 300;

/**
 * How long a confirmed code's token can be collected after the code's end, and collected again with
 * the poll token when its answer was lost, in seconds [A29].
 */
export const QR_COLLECT_SECONDS = 10;

/** How long a client waits between two polls, in seconds (RFC 8628 §3.2, `interval`). */
export const POLL_INTERVAL_SECONDS = 2;

/** The 32 characters of a code [A26]: 5 random bits make one, each equally likely. */
export const QR_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/**
 * Brings a code as people type it to its form [A26]: upper-cased, other characters dropped, cut to
 * 8. A text of nothing but letters and digits that no code has stays, as a code that is not known.
 */
export const normaliseQrCode = (given: string): string => {
  const written = given.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return (written.replace(/[IO01]/g, '') || written).slice(0, 8);
};

/** Whether a text has the form of a code. */
export const isQrCode = (code: string): boolean => /^[A-HJ-NP-Z2-9]{6}$/.test(code);

const givenCode = z
  .string('qr_code_missing')
  .transform(normaliseQrCode)
  .refine((code) => code !== '', 'qr_code_missing');

const possibleCode = givenCode.refine(isQrCode, 'qr_code_unknown').meta({ example: 'ABCDEF' });

const done = { status: 200, body: () => z.object({ ok: z.literal(true) }) } as const;

/** Begins a sign-in by QR code. */
export const requestQr = {
  method: 'post',
  path: '/api/auth/qr/request',
  summary:
    'Begin to sign in by QR code: show `url` as one, poll check once at once (from then on the ' +
    'bare code is worth nothing), and poll on or listen in the room until somebody confirms it',
  success: {
    status: 200,
    body: () =>
      z.object({
        code: z.string().describe('6 characters'),
        ttlSeconds: z.literal(QR_TTL_SECONDS),
        pollToken: z.string().describe('For the header X-Poll-Token of check; show it to nobody'),
        intervalSeconds: z.literal(POLL_INTERVAL_SECONDS),
        url: z.string().describe('What the QR code says'),
        room: z.string().describe('A WebSocket at /parties/qr/<room> tells when to collect'),
      }),
  },
  errors: ['too_many_requests'],
} as const satisfies Endpoint;

/** Asks how a sign-in by QR code stands, and collects its token. */
export const checkQr = {
  method: 'get',
  path: '/api/auth/qr/check',
  summary:
    'Poll with the poll token, or as legacy clients do with the code from the address that asked ' +
    'for it; the token comes once, or with the poll token for 10 s again, in case it was lost on ' +
    'its way',
  headers: { 'X-Poll-Token': '`pollToken` of qr/request; without it `code` is looked at' },
  query: z.object({ code: z.string().optional() }),
  success: {
    status: 200,
    body: () =>
      z.union([
        z.object({ status: z.literal('pending') }),
        z.object({
          status: z
            .literal('expired')
            .describe('Or used, or unknown. What was confirmed in time is there for 10 s more'),
        }),
        z.object({ status: z.literal('denied').describe('With a poll token; `expired` without') }),
        z.object({
          status: z.literal('slow_down').describe('With a poll token'),
          intervalSeconds: z.int(),
        }),
        z.object({ status: z.literal('ready'), token: z.string().describe('JWT, HS256, 30 days') }),
      ]),
  },
  errors: ['qr_code_missing', 'too_many_requests'],
} as const satisfies Endpoint;

/** Signs in whoever shows the code. */
export const confirmQr = {
  method: 'post',
  path: '/api/auth/qr/confirm',
  summary: 'Sign in the client that shows the code',
  bearer: true,
  example: { code: '000000' },
  body: z.object({ code: givenCode }),
  success: done,
  errors: ['qr_code_missing', 'qr_code_unknown', 'qr_code_confirmed', 'too_many_requests'],
} as const satisfies Endpoint;

/** Tells what would be signed in. */
export const qrInfo = {
  method: 'get',
  path: '/api/auth/qr/info',
  summary: 'What shows the code: ask before confirming it',
  bearer: true,
  query: z.object({ code: givenCode }),
  success: {
    status: 200,
    body: () =>
      z.object({
        ok: z.literal(true),
        ...DeviceFields,
        ageSeconds: z.int(),
        expiresInSeconds: z.int(),
      }),
  },
  errors: confirmQr.errors,
} as const satisfies Endpoint;

/** Refuses to sign in whoever shows the code. */
export const denyQr = {
  method: 'post',
  path: '/api/auth/qr/deny',
  summary:
    'Refuse the client that shows the code, also after confirming it, as long as it has not ' +
    'collected its token',
  bearer: true,
  example: confirmQr.example,
  body: confirmQr.body,
  success: done,
  errors: confirmQr.errors,
} as const satisfies Endpoint;

/** Opens a WebSocket to the room of a request: answers 101, and speaks as sockets/qr.ts says. */
export const openQrRoom = {
  method: 'get',
  path: '/parties/qr/:room',
  summary:
    'A WebSocket that says `{"type": "confirmed"}` or `{"type": "denied"}` as soon as somebody ' +
    'did; then ask check',
  params: z.object({ room: z.string() }),
  errors: ['websocket_required', 'room_not_found'],
} as const satisfies Endpoint;

/** Draws a code. */
export const qrImage = {
  method: 'get',
  path: '/api/auth/qr/image',
  harmless: true,
  summary: 'The QR code of a code, as SVG',
  query: z.object({ code: possibleCode }),
  success: { status: 200, body: () => z.string().meta({ contentMediaType: 'image/svg+xml' }) },
  errors: ['qr_code_missing', 'qr_code_unknown'],
} as const satisfies Endpoint;
