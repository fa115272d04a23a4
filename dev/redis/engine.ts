/** A command as Redis takes it: the name, then its arguments, all text. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/**
 * A RESP2 reply. Simple and bulk strings are both a `Buffer` (Upstash's JSON does not tell them apart either), a nil
 * string or array is `null`, and an `Error` is Redis' own error reply with its code word first: `WRONGTYPE Operation …`.
 */
export type Reply = Buffer | number | null | Error | Reply[];

/** A Redis that the gateway can stand in front of. Commands take effect in the order of the calls. */
export interface RedisEngine {
  /**
   * Runs one command. A refusal by Redis is a reply, not an exception.
   * @throws {RedisUnavailableError} when no answer could be had; the command may or may not have run.
   */
  run(command: RedisCommand): Promise<Reply>;
  /**
   * Runs the commands between MULTI and EXEC: no other client's command comes in between.
   * @returns a reply for each command, or the `EXECABORT` error when none of them ran.
   * @throws {RedisUnavailableError} as `run` does.
   */
  multi(commands: readonly RedisCommand[]): Promise<Reply>;
  /** Lets go of the connection, and of the data where they live in this process. */
  close(): Promise<void>;
}

/** Redis could not be reached, or did not answer in time. The message is fit to be shown to a developer. */
export class RedisUnavailableError extends Error {
  override name = 'RedisUnavailableError';
}
