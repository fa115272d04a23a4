import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';

export const health = {
  method: 'get',
  path: '/health',
  summary: 'Whether the Worker runs; asks no store',
  success: { status: 200, body: z.object({ ok: z.literal(true) }) },
  errors: [],
} as const satisfies Endpoint;

const store = z.enum(['up', 'down']);

export const ready = {
  method: 'get',
  path: '/health/ready',
  summary: 'Whether the stores answer and the database has its tables; 503 with the same body when not',
  success: { status: 200, body: z.object({ ok: z.literal(true), database: store, redis: store }) },
  errors: ['unavailable'],
} as const satisfies Endpoint;
