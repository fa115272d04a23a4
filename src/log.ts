/** The fields of a log line. Never put a code, a token, a secret or a whole phone number here. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes structured log lines: one JSON object each, which Workers Logs indexes by field. */
export interface Log {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

/**
 * A log whose lines carry `event` and some fields of their own.
 *
 * @param common fields that every line carries, such as the request id
 */
export const createLog = (common: Fields = {}): Log => ({
  info: (event, fields) => console.log(JSON.stringify({ level: 'info', event, ...common, ...fields })),
  warn: (event, fields) => console.warn(JSON.stringify({ level: 'warn', event, ...common, ...fields })),
  error: (event, fields) => console.error(JSON.stringify({ level: 'error', event, ...common, ...fields })),
});

/** What may be logged of something that was thrown. The messages of our own errors are made for it. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
