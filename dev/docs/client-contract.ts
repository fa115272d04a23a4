import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type * as z from 'zod';
import * as auth from '../../src/contract/http/auth.ts';
import * as calls from '../../src/contract/http/calls.ts';
import * as chats from '../../src/contract/http/chats.ts';
import type { Endpoint } from '../../src/contract/http/endpoint.ts';
import { ERRORS_ANYWHERE } from '../../src/contract/http/endpoint.ts';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';
import * as messages from '../../src/contract/http/messages.ts';
import * as people from '../../src/contract/http/people.ts';
import * as profile from '../../src/contract/http/profile.ts';
import * as push from '../../src/contract/http/push.ts';
import * as qr from '../../src/contract/http/qr.ts';
import * as sessions from '../../src/contract/http/sessions.ts';
import * as sync from '../../src/contract/http/sync.ts';
import { PushPayload } from '../../src/contract/push.ts';
import * as call from '../../src/contract/sockets/call.ts';
import * as inbox from '../../src/contract/sockets/inbox.ts';
import { Schema, toSchema, variantsOf } from './schema.ts';

/** Where endpoints that clients call are exported; the name of the export is the client's name. */
const MODULES = { ...auth, ...qr, ...sessions, ...profile, ...calls };
const CHAT_MODULES = { ...chats, ...messages, ...people, ...push, ...sync };

/** Endpoints that the client has no use for. */
const LEFT_OUT: readonly string[] = ['sendSms', 'qrImage', 'openQrRoom'];

/** The endpoints that the client calls, by name, in the order of the documentation. */
export const CLIENT_ENDPOINTS: readonly (readonly [name: string, endpoint: Endpoint])[] =
  ENDPOINTS.flatMap((endpoint) => {
    const exported: Readonly<Record<string, unknown>> = { ...MODULES, ...CHAT_MODULES };
    const name = Object.keys(exported).find((key) => exported[key] === endpoint);
    return name && !LEFT_OUT.includes(name) ? [[name, endpoint] as const] : [];
  });

/** Shapes with a name of their own: wherever one stands, its name does. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Chat: chats.Chat(),
  Member: chats.Member(),
  Message: messages.Message,
  Attachment: messages.Attachment,
  Change: sync.Change(),
  Signal: call.Signal,
  Seen: call.Seen,
  Peer: call.Peer,
  CallClientFrame: call.CallClientFrame,
  CallServerFrame: call.CallServerFrame,
  InboxClientFrame: inbox.InboxClientFrame,
  InboxServerFrame: inbox.InboxServerFrame,
  PushPayload,
};

const keyOf = (schema: Schema): string => {
  const { $schema: _, description: __, ...rest } = schema as Record<string, unknown>;
  return JSON.stringify(rest);
};

const names = new Map(
  Object.entries(NAMED).map(([name, type]) => [keyOf(toSchema(type, 'output')), name]),
);

/** Whether a client gives it or gets it. */
type Io = 'input' | 'output';

const wrap = (type: string): string => (/[|&]/.test(type) ? `(${type})` : type);

/** How long a line of a comment may be, so that it fits at any depth. */
const COMMENT_WIDTH = 80;

/** Prints a comment on lines of its own. */
const commentOf = (text: string | undefined): string => {
  if (!text) return '';
  const lines = [''];
  for (const word of text.replaceAll('*/', '* /').split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length < COMMENT_WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(` ${word}`);
  }
  return lines.length === 1
    ? `\n/**${lines[0]} */\n`
    : `\n/**\n${lines.map((line) => ` *${line}`).join('\n')}\n */\n`;
};

const printFields = ({ properties = {}, required = [] }: Schema, io: Io): string[] =>
  Object.entries(properties).map(([name, schema]) => {
    const { description } = Schema.parse(schema);
    const optional = !required.includes(name);
    // What a client gives may be undefined: it is left out then.
    const absent = optional && io === 'input' ? ' | undefined' : '';
    const type = `${printType(schema, { io })}${absent}`;
    return `${commentOf(description)}readonly ${name}${optional ? '?' : ''}: ${type};`;
  });

/** Prints a JSON Schema as a type of TypeScript. */
const printType = (given: unknown, { io, own }: { io: Io; own?: string }): string => {
  const schema = Schema.parse(given);
  const name = names.get(keyOf(schema));
  if (name && name !== own) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const variants = variantsOf(schema);
  if (variants.length > 1 || variants[0] !== schema)
    return [...new Set(variants.map((variant) => wrap(printType(variant, { io }))))].join(' | ');
  if (schema.items !== undefined) return `readonly ${wrap(printType(schema.items, { io }))}[]`;
  if (schema.properties) return `{ ${printFields(schema, io).join('\n')} }`;
  if (schema.type === 'object')
    return `{ readonly [name: string]: ${printType(schema.additionalProperties ?? {}, { io })} }`;
  const types: Readonly<Record<string, string>> = { integer: 'number', null: 'null' };
  return [schema.type ?? 'unknown']
    .flat()
    .map((type) => types[type] ?? type)
    .join(' | ');
};

/** Prints what a client gives: path, query and body are one object. */
const printInput = ({ params, query, body }: Endpoint): string => {
  const parts = [params, query, body].filter((part) => part !== undefined);
  if (parts.length === 0) return 'undefined';
  const printed = parts.map((part) => printType(toSchema(part, 'input'), { io: 'input' }));
  return printed.join(' & ');
};

const printErrors = ({ errors, bearer, body }: Endpoint): string => {
  const codes = new Set<string>([...errors, ...ERRORS_ANYWHERE]);
  if (bearer) for (const code of ['no_token', 'invalid_token']) codes.add(code);
  if (body) codes.add('malformed_json');
  return [...codes].map((code) => JSON.stringify(code)).join(' | ');
};

const printEndpoint = ([name, endpoint]: (typeof CLIENT_ENDPOINTS)[number]): string => {
  const answer = endpoint.success
    ? printType(toSchema(endpoint.success.body(), 'output'), { io: 'output' })
    : 'never';
  return `${commentOf(`${endpoint.summary}.`)}
    readonly ${name}: {
      readonly input: ${printInput(endpoint)};
      readonly answer: ${answer};
      readonly errors: ${printErrors(endpoint)};
    };`;
};

const BIOME = join(import.meta.dirname, '../../node_modules/@biomejs/biome/bin/biome');

/** Formats code as `npm run fix` does. */
const formatCode = (code: string): string => {
  const args = [BIOME, 'format', '--stdin-file-path=contract.ts'];
  return execFileSync(process.execPath, args, { input: code, encoding: 'utf8' });
};

/** Makes client/src/contract.ts: the types of all endpoints and frames, and the table. */
export const makeClientContract = (): string => {
  const shapes = Object.entries(NAMED).map(
    ([name, type]) =>
      `export type ${name} = ${printType(toSchema(type, 'output'), { io: 'output', own: name })};`,
  );
  const rows = CLIENT_ENDPOINTS.map(
    ([name, { method, path, bearer }]) =>
      `${name}: ['${method.toUpperCase()}', '${path}'${bearer ? ', true' : ''}],`,
  );
  return formatCode(`// Made by \`npm run docs\` from src/contract: the API as clients call it.

${shapes.join('\n\n')}

/** What each endpoint takes, answers, and may refuse with. */
export interface Endpoints {
${CLIENT_ENDPOINTS.map(printEndpoint).join('\n\n')}
}

/** Method, path, and whether the endpoint wants a token. */
export const ENDPOINTS: {
  readonly [Name in keyof Endpoints]: readonly [method: string, path: string, bearer?: true];
} = {
${rows.join('\n')}
};
`);
};
