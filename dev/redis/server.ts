import { Command, Redis } from 'ioredis';
import type { RedisCommand, RedisEngine, Reply } from './engine.ts';
import { RedisUnavailableError } from './engine.ts';

const CONNECT_TIMEOUT_MS = 1_000;
const COMMAND_TIMEOUT_MS = 1_500;
const RECONNECT_DELAY_MS = 200;

/**
 * Connects to a running Redis.
 *
 * While the server is away every command fails at once, and a command without an answer fails after
 * 1.5 s; the connection comes back by itself. A command whose answer was lost is not sent again,
 * since it may have run.
 *
 * @param options.url `redis://` or `rediss://`, with user, password and database number where
 * needed
 * @throws {RedisUnavailableError} when the server cannot be reached or refuses the credentials
 */
export const openServer = async ({ url }: { url: string }): Promise<RedisEngine> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: () => RECONNECT_DELAY_MS,
  });
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  redis.on('ready', () => {
    lastError = undefined;
  });
  const unavailable = (cause: unknown) => {
    const timedOut = cause instanceof Error && cause.message === 'Command timed out';
    const reason = timedOut
      ? `no answer within ${COMMAND_TIMEOUT_MS} ms`
      : lastError?.message || 'connection lost';
    return new RedisUnavailableError(`Redis is unreachable: ${reason}`, { cause });
  };

  async function send([name, ...args]: RedisCommand): Promise<Reply> {
    // ioredis rewrites arguments and replies of commands by their lower-case names. In upper case
    // HGETALL stays the flat array that Redis sent. A null encoding keeps strings as bytes.
    const command = new Command(name.toUpperCase(), args, { replyEncoding: null });
    try {
      return toReply(await redis.sendCommand(command));
    } catch (error) {
      if (error instanceof Error && error.name === 'ReplyError') return error;
      throw unavailable(error);
    }
  }

  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw unavailable(error);
  }

  return {
    run: send,
    async multi(commands) {
      // All are sent at once over one connection, so no other command of ours comes in between.
      const replies = await Promise.all(
        [['MULTI'] as const, ...commands, ['EXEC'] as const].map(send),
      );
      return replies.at(-1) ?? null;
    },
    async close() {
      redis.disconnect();
    },
  };
};

const toReply = (value: unknown): Reply => {
  if (
    value === null ||
    typeof value === 'number' ||
    Buffer.isBuffer(value) ||
    value instanceof Error
  ) {
    return value;
  }
  if (Array.isArray(value)) return value.map(toReply);
  throw new TypeError(`ioredis answered with a ${typeof value}`);
};
