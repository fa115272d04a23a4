import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { text } from './fields.ts';

/** The longest address of a subscription, in characters [P3]. */
export const ENDPOINT_LIMIT = 2_048;

/** An uncompressed point of P-256 (RFC 8291 §3.2): 65 bytes, the first of which is 4. */
const P256DH = /^B[\w-]{86}$/;

/** 16 bytes (RFC 8291 §3.2). */
const AUTH = /^[\w-]{22}$/;

/** The key of the server, which a browser subscribes with. */
export const getPushKey = {
  method: 'get',
  path: '/api/push/key',
  summary: 'The key that a browser subscribes to pushes with',
  harmless: true,
  success: {
    status: 200,
    body: () =>
      z.object({
        publicKey: z
          .string()
          .describe('`applicationServerKey`: an uncompressed point of P-256, in base64url'),
      }),
  },
  errors: ['push_off'],
} as const satisfies Endpoint;

/** Subscribes this session to pushes. */
export const subscribeToPush = {
  method: 'put',
  path: '/api/push/subscription',
  summary: 'Push calls and messages to this session while no device of mine is connected',
  bearer: true,
  example: {
    endpoint: 'https://push.invalid/nobody',
    keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) },
    publicKey: `B${'A'.repeat(86)}`,
  },
  body: z.object({
    endpoint: text('invalid_field')
      .min(1, 'invalid_field')
      .max(ENDPOINT_LIMIT, 'invalid_field')
      .describe('This and `keys` as PushSubscription.toJSON() has them'),
    keys: z.object(
      {
        p256dh: text('invalid_field').regex(P256DH, 'invalid_field'),
        auth: text('invalid_field').regex(AUTH, 'invalid_field'),
      },
      'invalid_field',
    ),
    publicKey: text('invalid_field')
      .regex(P256DH, 'invalid_field')
      .describe('The key that the browser subscribed with: GET /api/push/key'),
  }),
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: [
    'invalid_field',
    'push_service_unknown',
    'push_key_changed',
    'push_off',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

/** Ends the pushes to this session. */
export const unsubscribeFromPush = {
  method: 'delete',
  path: '/api/push/subscription',
  summary: 'Push nothing to this session any more',
  bearer: true,
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: [],
} as const satisfies Endpoint;
