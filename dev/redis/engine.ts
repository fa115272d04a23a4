/** A command: the name, then its arguments, all text. */
export type RedisCommand = readonly [name: string, ...args: string[]];

/**
 * A RESP2 reply. Simple and bulk strings are both a `Buffer`, since Upstash's JSON does not tell
 * them apart either. A nil string or array is `null`. An `Error` is Redis' own error reply with its
 * code word first: `WRONGTYPE Operation …`.
 */
export type Reply = Buffer | number | null | Error | Reply[];

/** A Redis behind the gateway. Commands take effect in the order of the calls. */
export interface RedisEngine {
  /**
   * Runs one command. A refusal by Redis is a reply, not an exception.
   *
   * @throws {RedisUnavailableError} when no answer came; the command may have run
   */
  run(command: RedisCommand): Promise<Reply>;
  /**
   * Runs the commands between MULTI and EXEC: no other client's command comes in between.
   *
   * @returns a reply for each command, or the `EXECABORT` error when none of them ran
   * @throws {RedisUnavailableError} as `run` does
   */
  multi(commands: readonly RedisCommand[]): Promise<Reply>;
  /** Closes the connection, and drops the data if they live in this process. */
  close(): Promise<void>;
}

/** Redis could not be reached or did not answer in time; the message is for developers. */
export class RedisUnavailableError extends Error {
  override name = 'RedisUnavailableError';
}
