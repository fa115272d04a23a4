import type * as z from 'zod';
import type { ErrorCode } from '../../contract/errors.ts';
import { isPlainErrorCode } from '../../contract/errors.ts';
import { messageOf } from '../messages.ts';

/** An id that nobody and nothing has. */
const NOTHING = '00000000-0000-4000-8000-000000000000';

/** Example texts by the names of their fields. */
const TEXTS: Readonly<Record<string, string>> = {
  phone: '+70000000000',
  masked: '+700***00',
  debugCode: '012345',
  token: 'eyJhbGciOiJIUzI1NiJ9.….…',
  code: 'ABCDEF',
  pollToken: 'ABCDEF.…',
  room: 'tjk5c0-….….',
  ticket: 'eyJhbGciOiJIUzI1NiJ9.….…',
  url: '/parties/…',
  urls: 'stun:stun.example:3478',
  credential: '…',
  browser: 'Firefox',
  system: 'Windows',
  city: 'Москва',
  country: 'RU',
  username: 'aist_fan',
  displayName: 'Аист',
};

type Schema = z.core.JSONSchema.BaseSchema;

const exampleText = ({ format }: Schema, name: string): string => {
  if (format === 'date-time') return '2026-11-28T12:00:00.000Z';
  return TEXTS[name] ?? (/id$/i.test(name) ? NOTHING : '…');
};

/**
 * Makes a value that fits a schema, such as an answer.
 *
 * @param name the name of the field
 */
export const makeExample = (schema: Schema | boolean, name = ''): unknown => {
  if (typeof schema === 'boolean') return undefined;
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [either] = schema.anyOf ?? schema.oneOf ?? [];
  if (either !== undefined) return makeExample(either, name);
  switch (schema.type) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {});
      return Object.fromEntries(fields.map(([key, field]) => [key, makeExample(field, key)]));
    }
    case 'array':
      return Array.isArray(schema.items) || !schema.items ? [] : [makeExample(schema.items, name)];
    case 'string':
      return exampleText(schema, name);
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, 60);
    default:
      return null;
  }
};

/** Makes an example of a required parameter: nothing has this name. */
export const makeParameterExample = (schema: Schema, name: string): unknown =>
  schema['example'] ?? (name === 'code' ? '000000' : NOTHING);

/** Makes the example of an answer with an error. */
export const makeErrorExample = (code: ErrorCode) => {
  const wait = isPlainErrorCode(code) ? undefined : 60;
  const message = messageOf(code, undefined, wait);
  return {
    summary: code,
    value: {
      ...{ ok: false, message, error: message, code, requestId: NOTHING },
      ...(wait !== undefined && { retryAfterSeconds: wait }),
    },
  };
};
