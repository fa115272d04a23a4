import { stripVTControlCharacters } from 'node:util';

/**
 * What wrangler says of itself: the Worker logs its requests, and `npm start` says when all is
 * ready.
 */
const NOISE = new RegExp(
  [
    /^\s*$|^\[custom build\]|^Using secrets defined in|^⎔ Starting local server/,
    // The table of bindings: every setting, none with its value.
    /^Your Worker has access to the following bindings|^Binding +Resource|^env\./,
    // It compares file times, which are those of the clone; `npm run check` compares the types.
    /Your types might be out of date/,
    /^\[wrangler:info\] ([A-Z]+ |Ready on|Updated and ready on)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** What wrangler puts around lines that the Worker wrote as warnings and errors. */
const FRAME = /^(?:▲ \[WARNING\]|✘ \[ERROR\]) (?=\{)/;

/** Wrangler says so whenever the Worker runs, for the first time or again. */
const READY = /^\[wrangler:info\] (Ready|Updated and ready) on /;

/** Whether wrangler says in this line that the Worker runs. */
export const saysReady = (line: string): boolean => READY.test(stripVTControlCharacters(line));

/**
 * A line of wrangler's as people and programs want it: without colours, what the Worker wrote as
 * it wrote it; undefined where it tells nothing.
 */
export const plainLine = (line: string): string | undefined => {
  const plain = stripVTControlCharacters(line);
  return NOISE.test(plain) ? undefined : plain.replace(FRAME, '');
};
