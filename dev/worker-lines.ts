import { stripVTControlCharacters } from 'node:util';

/**
 * Lines of wrangler about itself: the Worker logs requests, and `npm start` says when it is ready.
 */
const NOISE = new RegExp(
  [
    /^\s*$|^\[custom build\] *(Running: |$)|^Using secrets defined in|^⎔ Starting local server/,
    // The table of bindings: every setting, none with its value.
    /^Your Worker has access to the following bindings|^Binding +Resource|^env\./,
    // wrangler compares file times, which a clone sets; `npm run check` compares the types.
    /Your types might be out of date/,
    // What is due at a time runs when somebody asks for it; the warning has four lines.
    /Scheduled Workers are not automatically triggered|^ *To manually trigger a scheduled event/,
    /^ *curl "[^"]*\/scheduled"|^ *For more details, see .*#test-cron-triggers-locally/,
    /^\[wrangler:info\] ([A-Z]+ |Ready on|Updated and ready on|✨ Parsed \d+ valid header)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** The line of a page that shows a QR code, and asks every two seconds whether it was scanned. */
const POLL = /"event":"request".*"path":"\/api\/auth\/qr\/check","status":200/;

/** What wrangler puts before the Worker's warnings and errors, and what the build says. */
const FRAME = /^(?:(?:▲ \[WARNING\]|✘ \[ERROR\]) (?=\{)|\[custom build\] )/;

/** The line that wrangler writes whenever the Worker runs, for the first time or again. */
const READY = /^\[wrangler:info\] (Ready|Updated and ready) on /;

/** Whether this line of wrangler's says that the Worker runs. */
export const saysReady = (line: string): boolean => READY.test(stripVTControlCharacters(line));

/**
 * Strips a line of wrangler's of colours and frames, so that the Worker's lines are as it wrote
 * them; undefined for lines that tell nothing.
 */
export const plainLine = (line: string): string | undefined => {
  const plain = stripVTControlCharacters(line);
  return NOISE.test(plain) || POLL.test(plain) ? undefined : plain.replace(FRAME, '');
};
