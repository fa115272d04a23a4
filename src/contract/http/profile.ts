import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { text } from './fields.ts';

/** Reads the profile. */
export const getProfile = {
  method: 'get',
  path: '/api/profile',
  summary: 'Who I am',
  bearer: true,
  success: {
    status: 200,
    body: () =>
      z.object({
        userId: z.string(),
        phone: z.string().describe('+7XXXXXXXXXX'),
        username: z.string().describe('"" when unset'),
        displayName: z.string().describe('"" when unset'),
      }),
  },
  errors: ['user_not_found'],
} as const satisfies Endpoint;

/** Changes the profile. */
export const updateProfile = {
  method: 'patch',
  path: '/api/profile',
  summary: 'Change my username, my display name, or both',
  bearer: true,
  example: { username: '' },
  body: z.object({
    username: text('invalid_field')
      .optional()
      .describe('a–z 0–9 _, 2 to 32; empty keeps the present one'),
    displayName: text('invalid_field')
      .optional()
      .describe('At most 64 characters; "", or what nobody sees, clears it'),
  }),
  success: { status: 200, body: () => z.object({ username: z.string(), displayName: z.string() }) },
  errors: [
    'invalid_field',
    'username_too_short',
    'username_reserved',
    'username_taken',
    'user_not_found',
  ],
} as const satisfies Endpoint;
