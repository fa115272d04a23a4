import type { Reply } from './engine.ts';

/** A reply in Upstash's JSON. */
export type JsonReply = string | number | null | JsonReply[];

/** One answer of a request or of a pipeline's item. */
export type JsonItem = { result: JsonReply } | { error: string };

/**
 * How strings travel: as they are, or in base64 (`Upstash-Encoding: base64`, the SDK's default),
 * which is binary-safe.
 */
export type TextEncoding = 'utf8' | 'base64';

/**
 * Turns a reply into Upstash's JSON. In base64 every string is encoded except a bare `OK`, which
 * the SDK takes as it is. An error inside a reply (a script's nested table) has no place of its own
 * in this JSON and becomes its text.
 */
export const toJsonItem = (reply: Reply, encoding: TextEncoding): JsonItem => {
  if (reply instanceof Error) return { error: reply.message };
  if (Buffer.isBuffer(reply) && reply.equals(OK)) return { result: 'OK' };
  return { result: toJson(reply, encoding) };
};

const OK = Buffer.from('OK');

const toJson = (reply: Reply, encoding: TextEncoding): JsonReply => {
  if (Array.isArray(reply)) return reply.map((item) => toJson(item, encoding));
  if (reply instanceof Error) return Buffer.from(reply.message).toString(encoding);
  return Buffer.isBuffer(reply) ? reply.toString(encoding) : reply;
};

/**
 * Writes a reply as on Redis' own wire (`Upstash-Response-Format: resp2`). `OK` is a simple string,
 * every other string a bulk string.
 */
export const toResp2 = (reply: Reply): Buffer => {
  if (reply === null) return Buffer.from('$-1\r\n');
  if (typeof reply === 'number') return Buffer.from(`:${reply}\r\n`);
  if (reply instanceof Error) return Buffer.from(`-${reply.message}\r\n`);
  if (Array.isArray(reply)) {
    return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(toResp2)]);
  }
  return reply.equals(OK)
    ? Buffer.from('+OK\r\n')
    : Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from('\r\n')]);
};
