import { Redis } from '@upstash/redis/cloudflare';
import { StoreError } from '../errors.ts';

/** How long one call to Redis may take, in milliseconds: with the database's share and one undo it stays below the 5 s of auth.md. */
const TIMEOUT_MS = 1_000;

/** A Lua script and the names of what it takes, in order. */
export interface Script {
  readonly name: string;
  readonly lua: string;
}

/** Redis over HTTP, as much of it as this project uses. Every method is one round trip and throws {@link StoreError} when Redis does not answer. */
export interface RedisClient {
  /**
   * Runs a script atomically. Plain EVAL, not EVALSHA: the first call after a restart of Redis is one round trip too.
   *
   * @returns what the script returned; the caller checks its shape
   */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  ping(): Promise<void>;
}

/** Opens Redis at an Upstash REST endpoint. No connection is made before the first call. */
export const createRedis = (url: string, token: string): RedisClient => {
  const redis = new Redis({
    url,
    token,
    automaticDeserialization: false,
    enableTelemetry: false,
    // Batching would make one request wait on another's fetch, which Workers forbid.
    enableAutoPipelining: false,
    // A repeated EVAL would count a guess twice. The next request is the retry.
    retry: false,
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
    run: ({ name, lua }, keys, args) => call(name, () => redis.eval(lua, [...keys], args.map(String))),
    ping: async () => {
      const pong = await call('ping', () => redis.ping());
      if (pong !== 'PONG') throw new StoreError('redis', 'ping', new Error('Not an answer to PING'));
    },
  };
};
