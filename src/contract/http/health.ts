import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';

/** For whoever watches the Worker. */
export const health = {
  method: 'get',
  path: '/health',
  harmless: true,
  summary: 'Whether the Worker runs; asks no store',
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: [],
} as const satisfies Endpoint;

/** For whoever waits for the stack. */
export const ready = {
  method: 'get',
  path: '/health/ready',
  harmless: true,
  summary: 'Whether the stores answer; 503 says in `database` and `redis` which is down',
  success: {
    status: 200,
    body: () =>
      z.object({ ok: z.literal(true), database: z.literal('up'), redis: z.literal('up') }),
  },
  errors: ['unavailable'],
} as const satisfies Endpoint;
