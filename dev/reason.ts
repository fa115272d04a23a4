/** Returns the cause of an error. */
const causeOf = (error: Error): unknown =>
  'sourceError' in error && error.sourceError ? error.sourceError : error.cause;

/** The causes that people meet, by the system's error codes. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
};

/** The error codes behind the numbers that PGlite's WASM file system throws. */
const WASM_CODES = new Map([
  [2, 'EACCES'],
  [19, 'EDQUOT'],
  [51, 'ENOSPC'],
  [69, 'EROFS'],
]);

/** How the driver quotes an answer that is no SQL error. */
const QUOTED = /^Server error \(HTTP status \d+\): .*?"message":"([^"]*)"/s;

/** Describes a thrown value that is no Error, such as those of a WASM file system. */
const textOf = (thrown: unknown): string => {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const errno = 'errno' in thrown ? Number(thrown.errno) : 0;
  const code = WASM_CODES.get(errno);
  if (code) return `${CAUSES[code]} (${code})`;
  return 'message' in thrown ? String(thrown.message) : JSON.stringify(thrown);
};

/**
 * Says in one line for people what went wrong at the bottom of an error. The driver itself says
 * only "fetch failed" when a request did not arrive, and quotes an answer that is no SQL error.
 */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return textOf(error);
  const below = causeOf(error);
  if (below instanceof Error) return reasonOf(below);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const quoted = QUOTED.exec(error.message)?.[1];
  const message = (quoted ?? error.message).replaceAll(/\s+/g, ' ').trim();
  if (!message) return CAUSES[code] ?? (code || error.name);
  const named = CAUSES[code] ? `${CAUSES[code]}: ${message}` : message;
  return code && !message.includes(code) ? `${named} (${code})` : named;
};

/** Returns the message of an error, or names the cause where the system refused something. */
export const messageOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return error instanceof Error && !CAUSES[String(code)] ? error.message : reasonOf(error);
};
