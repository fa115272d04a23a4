import type { LogEvent } from './log-events.ts';

/** The fields of a log line. Never put a code, a token, a secret or a whole phone number here. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Writes structured log lines: one JSON object each, which Workers Logs indexes by field. Each
 * level takes the events that log-events.ts gives it.
 */
export interface Log {
  info(event: LogEvent<'info'>, fields?: Fields): void;
  warn(event: LogEvent<'warn'>, fields?: Fields): void;
  error(event: LogEvent<'error'>, fields?: Fields): void;
}

/**
 * Creates a log whose lines carry `event` and some fields of their own.
 *
 * @param common fields that every line carries, such as the request id
 */
export const createLog = (common: Fields = {}): Log => ({
  info: (event, fields) => console.log(formatLine('info', event, { ...common, ...fields })),
  warn: (event, fields) => console.warn(formatLine('warn', event, { ...common, ...fields })),
  error: (event, fields) => console.error(formatLine('error', event, { ...common, ...fields })),
});

/** Formats a line with its time: Workers Logs adds its own, a file or a terminal does not. */
const formatLine = (level: keyof Log, event: string, fields: Fields): string =>
  JSON.stringify({ time: new Date().toISOString(), level, event, ...fields });

/** What may be logged of a thrown value: our own errors have messages that hold no secret. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
