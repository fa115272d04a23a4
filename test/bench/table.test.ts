import { describe, expect, test } from 'vitest';
import { makeDocument } from '../../bench/document.ts';
import { GOALS } from '../../bench/goals.ts';
import type { Result } from '../../bench/results.ts';
import { rowOf } from '../../bench/rows.ts';
import { tableOf } from '../../bench/table.ts';

const relay = rowOf('relay, p50', {
  here: '0.34 ms (1.21 × bare room)',
  value: 1.21,
  goal: GOALS.relayP50,
  peers: { 'bare room': '0.28 ms', ws: '0.18 ms', 'peerjs-server': undefined },
});

describe('a line of the table', () => {
  test('names the others that have the figure', () => {
    expect(relay.peers).toBe('bare room 0.28 ms, ws 0.18 ms');
  });

  test.each([
    [1.15, true],
    [1.16, false],
  ])('with the figure %d and the goal ≤ 1.15 has isMet %s', (value, isMet) => {
    expect(rowOf('relay', { here: '', value, goal: GOALS.relayP50 }).isMet).toBe(isMet);
  });

  test('says nothing of a goal whose figure could not be read', () => {
    const row = rowOf('memory', { here: '–', value: undefined, goal: GOALS.memory });
    expect(row).not.toHaveProperty('isMet');
    expect(rowOf('relay', { here: '–', value: Number.NaN, goal: GOALS.memory })).toEqual({
      ...row,
      what: 'relay',
    });
  });

  test.each([
    ['a goal that a busy machine misses', 0.5, false],
    ['less than any busy machine explains', 0.2, true],
  ])('says of %s whether it is broken', (_, value, isBroken) => {
    const row = rowOf('messages/s', { here: '', value, goal: GOALS.throughput });
    expect(row).toMatchObject({ isMet: false, isBroken });
  });

  test('is never broken by a time, which is another on each machine', () => {
    expect(rowOf('rings', { here: '', value: 1e9, goal: GOALS.ringP99 }).isBroken).toBe(false);
  });
});

describe('the table that is printed', () => {
  test('has the figure, the peers, the goal and whether it is met, in columns', () => {
    const none = rowOf('answered', { here: '5.00 ms' });
    const lines = tableOf([relay, none]).split('\n');
    expect(lines.map((line) => line.split('|').map((cell) => cell.trim()))).toEqual([
      ['figure', 'here', 'peers', 'goal', 'met'],
      expect.anything(),
      [relay.what, relay.here, relay.peers, '≤ 1.15 × bare room', 'NO'],
      ['answered', '5.00 ms', '', '', ''],
    ]);
    const places = lines.map((line) => line.indexOf('|'));
    expect(new Set([places[0], ...places.slice(2)]).size).toBe(1);
  });
});

describe('docs/performance.md', () => {
  const result: Result = {
    date: '2026-11-29',
    machine: '2 × some processor',
    stores: 'a PostgreSQL server; a Redis server',
    versions: 'Node 24, ws 8',
    rounds: 5,
    seconds: 100,
    load: 0.2,
    rows: [relay],
  };

  test('has every figure with the command that makes it, its circumstances, and the notes', () => {
    const text = makeDocument({ calls: result, chats: { ...result, machine: 'another' } }, 'Why.');
    const row = `| relay, p50 | ${relay.here} | ${relay.peers} | ≤ 1.15 × bare room | NO |`;
    expect(text).toContain('`npm run bench --`');
    expect(text).toContain(`${row} \`calls\` |`);
    expect(text).toContain(`${row} \`chats\` |`);
    expect(text).toContain('| `calls` | calls and their signals | 2026-11-29 | 5 | 100 | 0.2 |');
    expect(text).toContain('| 2 × some processor | `calls` |');
    expect(text).toContain('| another | `chats` |');
    expect(text).toContain('| Node 24, ws 8 | `calls` `chats` |');
    expect(text.endsWith('\n\nWhy.\n')).toBe(true);
  });
});
