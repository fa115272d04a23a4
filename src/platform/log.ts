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
  info: (event, fields) => console.log(lineOf('info', event, { ...common, ...fields })),
  warn: (event, fields) => console.warn(lineOf('warn', event, { ...common, ...fields })),
  error: (event, fields) => console.error(lineOf('error', event, { ...common, ...fields })),
});

/** A line with its time, which Workers Logs knows by itself, but a file or a terminal does not. */
const lineOf = (level: keyof Log, event: string, fields: Fields): string =>
  JSON.stringify({ time: new Date().toISOString(), level, event, ...fields });

/** What may be logged of something that was thrown. The messages of our own errors are made for it. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
