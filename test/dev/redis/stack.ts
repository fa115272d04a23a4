import { randomUUID } from 'node:crypto';
import { Redis } from '@upstash/redis';
import { openEmbedded } from '../../../dev/redis/embedded.ts';
import type { RedisEngine } from '../../../dev/redis/engine.ts';
import { startRedisGateway } from '../../../dev/redis/gateway.ts';
import { openServer } from '../../../dev/redis/server.ts';

/** A gateway with the real SDK in front of it, and keys of its own that `close()` removes. */
export interface Stack {
  url: string;
  token: string;
  engine: RedisEngine;
  /** As applications use it: answers are parsed as JSON where they can be. */
  redis: Redis;
  /** Answers as Redis gave them: text stays text. */
  plain: Redis;
  /** A key nobody else uses. */
  key(name: string): string;
  /** A raw request with the right token; `headers` override. */
  post(path: string, body: string, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** Opens the stack on the server of `REDIS_URL`, or on the embedded engine where it is not set. */
export async function openStack(): Promise<Stack> {
  const url = process.env.REDIS_URL;
  return stackOn(url ? await openServer({ url }) : await openEmbedded());
}

/** Opens the stack on a given engine, which it closes at its end. */
export async function stackOn(engine: RedisEngine): Promise<Stack> {
  const token = randomUUID();
  const gateway = await startRedisGateway({ engine, token });
  const prefix = `gateway-test:${randomUUID()}:`;
  // The SDK's own batching would turn parallel commands into one request.
  const config = { url: gateway.url, token, retry: false, enableAutoPipelining: false } as const;
  const plain = new Redis({ ...config, automaticDeserialization: false });
  return {
    url: gateway.url,
    token,
    engine,
    redis: new Redis(config),
    plain,
    key: (name) => `${prefix}${name}`,
    post: (path, body, headers = {}) =>
      fetch(`${gateway.url}${path}`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${token}`, ...headers },
      }),
    async close() {
      for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
        const [next, keys] = await plain.scan(cursor, { match: `${prefix}*`, count: 1_000 });
        cursor = next;
        if (keys.length > 0) {
          await plain.del(...keys);
        }
      }
      await gateway.close();
      await engine.close();
    },
  };
}
