import { LOG_EVENTS } from '../../src/platform/log-events.ts';
import { fillTables, markdownTable } from './markdown.ts';

const eventTable = () =>
  markdownTable(
    ['`event`', 'level', 'what it means'],
    Object.entries(LOG_EVENTS).map(([event, { level, meaning }]) => [
      `\`${event}\``,
      level,
      meaning,
    ]),
  );

/**
 * docs/operations.md with its table of log events.
 *
 * @throws when the table has no place in it
 */
export const makeOperations = (text: string): string =>
  fillTables(text, 'docs/operations.md', { 'log events': eventTable });
