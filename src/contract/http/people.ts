import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { text } from './fields.ts';

/** How many people a search finds at most. */
export const FOUND_LIMIT = 20;

/** The longest public key, in characters. */
export const KEY_LIMIT = 4_096;

const UserParams = z.object({ id: z.string().regex(/^[\w-]{1,64}$/, 'user_not_found') });

/** Finds people. */
export const searchPeople = {
  method: 'get',
  path: '/api/users/search',
  summary: 'Find people by a part of either name, without regard to case',
  bearer: true,
  query: z.object({
    q: text('invalid_field').optional().describe('Less than 2 characters find nobody'),
  }),
  success: {
    status: 200,
    body: () =>
      z.array(z.object({ id: z.string(), username: z.string(), displayName: z.string() })),
  },
  errors: ['invalid_field', 'too_many_requests'],
} as const satisfies Endpoint;

/** Reads the public key of somebody. */
export const getPublicKey = {
  method: 'get',
  path: '/api/users/:id/public-key',
  summary: 'The public key of a user',
  bearer: true,
  params: UserParams,
  success: {
    status: 200,
    body: () =>
      z.object({
        publicKey: z.string().nullable(),
        version: z.int().describe('Grows with each other key; 0 = none'),
      }),
  },
  errors: ['user_not_found'],
} as const satisfies Endpoint;

/** Keeps my public key. */
export const setPublicKey = {
  method: 'post',
  path: '/api/profile/public-key',
  summary: 'Keep my public key',
  bearer: true,
  example: { publicKey: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE' },
  body: z.object({
    publicKey: text('public_key_required')
      .min(1, 'public_key_required')
      .max(KEY_LIMIT, 'invalid_field'),
  }),
  success: { status: 200, body: () => z.object({ ok: z.literal(true), version: z.int() }) },
  errors: ['public_key_required', 'invalid_field', 'user_not_found', 'too_many_requests'],
} as const satisfies Endpoint;

/** Blocks somebody. */
export const blockUser = {
  method: 'put',
  path: '/api/users/:id/block',
  summary: 'Block somebody: they cannot write to me, call me or find me, and are not told so',
  bearer: true,
  params: UserParams,
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: ['user_not_found', 'too_many_blocked', 'too_many_requests'],
} as const satisfies Endpoint;

/** Ends a block. */
export const unblockUser = {
  method: 'delete',
  path: '/api/users/:id/block',
  summary: 'Block somebody no longer',
  bearer: true,
  params: UserParams,
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: ['user_not_found', 'too_many_requests'],
} as const satisfies Endpoint;

/** Lists whom I have blocked. */
export const listBlocked = {
  method: 'get',
  path: '/api/users/blocked',
  summary: 'Whom I have blocked, the latest first',
  bearer: true,
  success: {
    status: 200,
    body: () =>
      z.array(z.object({ id: z.string(), username: z.string(), displayName: z.string() })),
  },
  errors: [],
} as const satisfies Endpoint;
