import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';

/**
 * How somebody signed in: with a code, with the link in place of digits, by QR code, or on the
 * legacy server, whose tokens say nothing more.
 */
export const METHODS = ['code', 'link', 'qr', 'legacy'] as const;

/** A client as far as its requests tell; "" = unknown. */
export const DeviceFields = {
  browser: z.string().describe('"" when unknown, as the next three'),
  system: z.string(),
  city: z.string(),
  country: z.string().describe('ISO 3166, two letters'),
};
const DeviceObject = z.object(DeviceFields);

/** A client as far as its requests tell; "" = unknown. */
export type Device = Readonly<z.output<typeof DeviceObject>>;

/** Lists the sessions. */
export const listSessions = {
  method: 'get',
  path: '/api/sessions',
  summary: 'Where I am signed in',
  bearer: true,
  success: {
    status: 200,
    body: () =>
      z.object({
        ok: z.literal(true),
        sessions: z
          .array(
            z.object({
              id: z.string(),
              current: z.boolean().describe('The session that asks'),
              method: z.enum(METHODS),
              createdAt: z.iso.datetime(),
              lastSeenAt: z.iso.datetime().describe('To about half a minute'),
              ...DeviceFields,
            }),
          )
          .describe('The newest first'),
      }),
  },
  errors: [],
} as const satisfies Endpoint;

/** Ends one session. */
export const revokeSession = {
  method: 'delete',
  path: '/api/sessions/:id',
  summary: 'Sign one session out; it is refused everywhere within 30 s',
  bearer: true,
  params: z.object({
    id: z
      .string()
      .regex(/^(old-)?[\w-]{22}$/, 'session_not_found')
      .meta({ example: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  }),
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: ['session_not_found'],
} as const satisfies Endpoint;

/** Ends all sessions but the present one. */
export const revokeOthers = {
  method: 'delete',
  path: '/api/sessions',
  summary: 'Sign all my other sessions out, those of the legacy server included',
  bearer: true,
  success: { status: 200, body: () => z.object({ ok: z.literal(true), revoked: z.int() }) },
  errors: [],
} as const satisfies Endpoint;

/** Ends the present session. */
export const logout = {
  method: 'post',
  path: '/api/auth/logout',
  summary: 'Sign this session out',
  bearer: true,
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: [],
} as const satisfies Endpoint;
