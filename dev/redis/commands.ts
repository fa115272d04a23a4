import * as z from 'zod';
import type { RedisCommand } from './engine.ts';

const argument = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/**
 * A command in a request's JSON. The SDK sends numbers and booleans as they are, nothing nested.
 */
export const commandSchema = z.tuple([z.string().min(1)]).rest(argument);

/** The body of `/pipeline` and `/multi-exec`. */
export const commandListSchema = z.array(commandSchema).min(1);

/** Commands that would hold up or change the connection that all requests share. */
const BLOCKING = 'BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF';
const CONNECTION =
  'AUTH HELLO SELECT CLIENT RESET QUIT READONLY READWRITE ASKING MULTI EXEC DISCARD WATCH ' +
  'UNWATCH SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE SSUBSCRIBE SUNSUBSCRIBE MONITOR SYNC ' +
  'PSYNC REPLCONF';
/** Commands that administer the server, which Upstash does not let its tenants do. */
const ADMINISTRATION =
  'CONFIG SHUTDOWN DEBUG SAVE BGSAVE BGREWRITEAOF REPLICAOF SLAVEOF FAILOVER CLUSTER MODULE ' +
  'MIGRATE SWAPDB LATENCY SLOWLOG';

const UNAVAILABLE = new Set(`${BLOCKING} ${CONNECTION} ${ADMINISTRATION}`.split(' '));

/** Says why a command does not fit a stateless request; undefined when it does. */
export const refusalOf = ([name, ...args]: RedisCommand): string | undefined => {
  const command = name.toUpperCase();
  if (UNAVAILABLE.has(command)) return `ERR Command is not available: '${command}'`;
  if ((command === 'XREAD' || command === 'XREADGROUP') && hasBlockOption(args)) {
    return `ERR Command is not available: '${command}' with BLOCK`;
  }
  if (command === 'SCRIPT' && args[0]?.toUpperCase() === 'DEBUG') {
    return "ERR Command is not available: 'SCRIPT DEBUG'";
  }
  return undefined;
};

/** BLOCK counts only among the options, which end at STREAMS: a stream may be called "block". */
const hasBlockOption = (args: readonly string[]): boolean => {
  const words = args.map((arg) => arg.toUpperCase());
  const streams = words.indexOf('STREAMS');
  return words.slice(0, streams === -1 ? undefined : streams).includes('BLOCK');
};
