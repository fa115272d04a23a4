import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { text, textOrNumber } from './fields.ts';

/** How long a phone code can be used, in seconds [A1]. */
export const CODE_TTL_SECONDS = 300;

/** How many digits a code has. */
export const CODE_LENGTH = 6;

/**
 * Reads the digits of a code as people type them. When there are more than a code has, it takes the
 * only group of six: people paste the whole message [A8].
 */
const digitsOfCode = (written: string): string => {
  const digits = written.replace(/[^0-9]/g, '');
  if (digits.length === CODE_LENGTH) return digits;
  const [only, another] = written.match(/(?<![0-9])[0-9]{6}(?![0-9])/g) ?? [];
  return another === undefined ? (only ?? digits) : digits;
};

/** Takes a code as a JSON number, which has lost its leading zeros [A8]. */
const codeNumber = z
  .int('invalid_code_format')
  .min(0, 'invalid_code_format')
  .transform((code) => String(code).padStart(CODE_LENGTH, '0'));

/** Takes 4 to 8 digits, as legacy clients know it, though only six can be a code [A6]. */
const codeDigits = z
  .union([text('invalid_code_format'), codeNumber], 'invalid_code_format')
  .transform(digitsOfCode)
  .refine((digits) => digits.length >= 4 && digits.length <= 8, 'invalid_code_format')
  .describe('Six digits, or a text with six digits that stand together');

/**
 * Answers `""`, `0`, `false`, `null` and absence as a malformed request, not a wrong number [A6].
 */
const presentPhone = textOrNumber((input) =>
  input ? 'invalid_phone' : 'invalid_code_format',
).refine((phone) => phone !== '', 'invalid_code_format');

/** Sends a code. Its answer is the same, whether the number is linked or not. */
export const requestCode = {
  method: 'post',
  path: '/api/auth/request-code',
  summary: 'Send a sign-in code to the Telegram that is linked to a phone number',
  example: { phone: '+70000000000' },
  body: z.object({
    phone: textOrNumber('invalid_phone').describe(
      'With a plus: the whole number. Without: a Russian one, with or without its 7 or 8',
    ),
  }),
  success: {
    status: 200,
    body: () =>
      z.object({
        ok: z.literal(true),
        masked: z.string().describe('First 4 characters, ***, last 2 of the number'),
        ttlSeconds: z.literal(CODE_TTL_SECONDS),
        requestId: z
          .string()
          .describe('Send it with verify-code: a lost answer can then be asked for again for 30 s'),
        botUrl: z
          .string()
          .optional()
          .describe('Where the number is linked to Telegram, for whom no code comes'),
        debugCode: z.string().optional().describe('Local development alone'),
      }),
  },
  errors: ['invalid_phone', 'too_many_requests'],
} as const satisfies Endpoint;

/** Signs in with a code. */
export const verifyCode = {
  method: 'post',
  path: '/api/auth/verify-code',
  summary: 'Exchange a phone number and its code for a token',
  example: { phone: '+70000000000', code: '012345' },
  // The order of the keys is the order of the checks: the code before the phone.
  body: z.object({
    code: codeDigits,
    phone: presentPhone,
    requestId: text('invalid_field').max(64, 'invalid_field').optional(),
  }),
  success: {
    status: 200,
    body: () =>
      z.object({ ok: z.literal(true), token: z.string().describe('JWT, HS256, 30 days') }),
  },
  errors: [
    'invalid_code_format',
    'invalid_phone',
    'wrong_code',
    'invalid_field',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

/** Signs in with the link that comes in place of digits. */
export const verifyLink = {
  method: 'post',
  path: '/api/auth/verify-link',
  summary:
    'Exchange the token of a sign-in link for a token; the link came in Telegram because too ' +
    'many wrong codes were tried',
  example: { token: 'AAAAAAAAAAAAAAAAAAAAAA' },
  body: z.object({ token: z.string('invalid_link').regex(/^[\w-]{22}$/, 'invalid_link') }),
  success: verifyCode.success,
  errors: ['invalid_link'],
} as const satisfies Endpoint;

/** Answers 503, as the legacy server did, which never sent an SMS [H32]. */
export const sendSms = {
  method: 'post',
  path: '/api/send-sms',
  summary: 'Not available; kept for legacy clients',
  errors: ['sms_unavailable'],
} as const satisfies Endpoint;
