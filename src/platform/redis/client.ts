import { Redis } from '@upstash/redis/cloudflare';
import type * as z from 'zod';
import { StoreError } from '../errors.ts';
import type { ArgumentKinds, ArgumentValues, KeyValues, Script } from './script.ts';
import { orderArguments, orderKeys } from './script.ts';

/**
 * How long one call to Redis may take, in milliseconds: with the database's share and one undo a
 * request stays below 5 s [H13].
 */
const TIMEOUT_MS = 1_000;

/**
 * Redis over HTTP, as much of it as this project uses. Every method is one round trip and throws
 * {@link StoreError} when Redis does not answer.
 */
export interface RedisClient {
  /**
   * Runs a script atomically. It is sent as EVAL, not EVALSHA, so that the first call after a
   * restart of Redis is one round trip too.
   *
   * @returns what the script returned, parsed by its schema
   */
  run<
    Key extends string,
    KeyList extends string,
    Kinds extends ArgumentKinds,
    Reply extends z.ZodType,
  >(
    script: Script<Key, KeyList, Kinds, Reply>,
    keys: NoInfer<KeyValues<Key, KeyList>>,
    args: NoInfer<ArgumentValues<Kinds>>,
  ): Promise<z.output<Reply>>;
  ping(): Promise<void>;
}

/** Opens Redis at an Upstash REST endpoint. No connection is made before the first call. */
export const createRedis = (url: string, token: string): RedisClient => {
  const redis = new Redis({
    url,
    token,
    automaticDeserialization: false,
    enableTelemetry: false,
    // Answers come as they are: base64 would be decoded here character by character.
    responseEncoding: false,
    // Batching would make one request wait on another's fetch, which Workers forbid.
    enableAutoPipelining: false,
    // A repeated EVAL would count a guess twice: the next request is the retry. (`false` would
    // still mean one.)
    retry: { retries: 0 },
    // A function, because with a bare signal the SDK answers "Aborted" as if Redis had said it.
    signal: () => AbortSignal.timeout(TIMEOUT_MS),
  });
  const call = async <T>(what: string, answer: () => Promise<T>): Promise<T> => {
    try {
      return await answer();
    } catch (cause) {
      throw new StoreError('redis', what, cause);
    }
  };
  return {
    run: (script, keys, args) =>
      call(script.name, async () => {
        const keysInOrder = orderKeys(script, keys);
        const argumentsInOrder = orderArguments(script, args);
        return script.reply.parse(await redis.eval(script.lua, keysInOrder, argumentsInOrder));
      }),
    ping: async () => {
      const pong = await call('ping', () => redis.ping());
      if (pong !== 'PONG')
        throw new StoreError('redis', 'ping', new Error('Not an answer to PING'));
    },
  };
};
