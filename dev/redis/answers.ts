import { commandListSchema, commandSchema, refusalOf } from './commands.ts';
import type { RedisCommand, RedisEngine, Reply } from './engine.ts';
import { RedisUnavailableError } from './engine.ts';

/** An HTTP status, and the reply or replies to be written in the format of the client's choice. */
export interface Answer {
  status: number;
  reply: { value: Reply } | { items: Reply[] };
}

/** Makes an answer that is an error as a whole. */
export const failure = (status: number, message: string): Answer => {
  return { status, reply: { value: new Error(message) } };
};

/** Answers `POST /`: one command. An error of Redis is 400 and keeps its text. */
export const answerCommand = async (engine: RedisEngine, body: unknown): Promise<Answer> => {
  const parsed = commandSchema.safeParse(body);
  if (!parsed.success) {
    return failure(
      400,
      'ERR failed to parse command: a non-empty JSON array of strings and numbers is expected',
    );
  }
  return guard(async () => {
    const value = await runOrRefuse(engine, parsed.data);
    return { status: value instanceof Error ? 400 : 200, reply: { value } };
  });
};

/**
 * Answers `POST /pipeline`: the commands run in order, not atomically. A command that fails becomes
 * an item `{error}` and stops none of the others.
 */
export const answerPipeline = async (engine: RedisEngine, body: unknown): Promise<Answer> => {
  const parsed = commandListSchema.safeParse(body);
  if (!parsed.success) {
    return failure(
      400,
      'ERR failed to parse pipeline request: a non-empty JSON array of commands is expected',
    );
  }
  return guard(async () => {
    const items = await Promise.all(parsed.data.map((command) => runOrRefuse(engine, command)));
    return { status: 200, reply: { items } };
  });
};

/** Answers `POST /multi-exec`: all commands run at once, or none of them and the status is 400. */
export const answerMultiExec = async (engine: RedisEngine, body: unknown): Promise<Answer> => {
  const parsed = commandListSchema.safeParse(body);
  if (!parsed.success) {
    return failure(
      400,
      'ERR failed to parse multi-exec request: a non-empty JSON array of commands is expected',
    );
  }
  const refused = parsed.data.map(refusalOf).find((text) => text !== undefined);
  if (refused !== undefined) return failure(400, refused);
  return guard(async () => {
    const reply = await engine.multi(parsed.data);
    return Array.isArray(reply)
      ? { status: 200, reply: { items: reply } }
      : { status: 400, reply: { value: reply ?? new Error('EXECABORT Transaction discarded.') } };
  });
};

const runOrRefuse = async (engine: RedisEngine, command: RedisCommand): Promise<Reply> => {
  const refused = refusalOf(command);
  return refused === undefined ? engine.run(command) : new Error(refused);
};

const guard = async (work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RedisUnavailableError) return failure(503, `ERR ${error.message}`);
    throw error;
  }
};
