import type { RedisValue } from 'js-redis-server/core';
import { ClientSession, createRedisCommandExecutor, RedisServerState } from 'js-redis-server/core';
import type { RedisCommand, RedisEngine, Reply } from './engine.ts';

/** The version of CI's real server, so that a newer command fails here as well. */
const compatibility = 'redis-7.0';

/** Opens an empty Redis inside this process, without a socket and without a file. */
export const openEmbedded = async (): Promise<RedisEngine> => {
  const state = new RedisServerState({ compatibility });
  const executor = createRedisCommandExecutor({ compatibility });
  const openSession = () => new ClientSession({ server: state, executor });
  const session = openSession();
  // The Lua runtime loads lazily; a broken one stops the start, not the first script.
  await state.getLuaRuntime();

  return {
    run: (command) => execute(session, command),
    async multi(commands) {
      // MULTI is a mode of the connection: on the shared session it would take everybody's
      // commands.
      const transaction = openSession();
      try {
        await execute(transaction, ['MULTI']);
        for (const command of commands) await execute(transaction, command);
        return await execute(transaction, ['EXEC']);
      } finally {
        transaction.close();
      }
    },
    async close() {
      session.close();
      state.close();
    },
  };
};

const execute = async (session: ClientSession, [name, ...args]: RedisCommand): Promise<Reply> => {
  const result = await session.execute(
    name,
    args.map((arg) => Buffer.from(arg)),
  );
  if (!('value' in result)) {
    result.close('streams have no place in a request');
    return new Error(`ERR ${name.toUpperCase()} answers with a stream`);
  }
  return toReply(result.value);
};

/**
 * Turns RESP3 into RESP2 as the Redis protocol specifies: maps into flat arrays, doubles to text.
 */
const toReply = (value: RedisValue): Reply => {
  switch (value.kind) {
    case 'simple-string':
      return Buffer.from(toOneLine(value.value));
    case 'bulk-string':
    case 'verbatim':
      return value.value;
    case 'integer':
      return Number(value.value);
    case 'boolean':
      return value.value ? 1 : 0;
    case 'double':
      return Buffer.from(formatDouble(value.value));
    case 'big-number':
      return Buffer.from(value.value.toString());
    case 'array':
    case 'set':
      return value.items.map(toReply);
    case 'push':
      return [Buffer.from(value.name), ...value.items.map(toReply)];
    case 'map':
    case 'flat-pairs':
      return value.entries.flat().map(toReply);
    case 'map-pairs':
      return value.entries.map((entry) => entry.map(toReply));
    case 'null':
    case 'null-array':
      return null;
    case 'error':
      return new Error(toOneLine(value.code ? `${value.code} ${value.message}` : value.message));
  }
};

const formatDouble = (value: number): string => {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
};

/** Puts a text on one line, as errors and simple strings are on Redis' wire. */
const toOneLine = (text: string): string => {
  return text.replace(/[\r\n]/g, ' ');
};
