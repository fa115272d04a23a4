import { describe, expect, test } from 'vitest';
import { listFiles } from './files.ts';

/** Rules that no test cites, each with the reason. */
const UNTESTED: Readonly<Record<string, string>> = {};

const ruleFiles = listFiles(/^docs\/rules\/[\w-]+\.md$/);
const rules = ruleFiles.flatMap(({ text }) =>
  Array.from(text.matchAll(/^- \*\*([A-Z]\d+)\*\* /gm), ([, id = '']) => id),
);
const cited = (pattern: RegExp) =>
  new Set(
    listFiles(pattern)
      .flatMap(({ text }) =>
        Array.from(text.matchAll(/\[([A-Z]\d+(?:, [A-Z]\d+)*)\]/g), ([, ids = '']) =>
          ids.split(', '),
        ),
      )
      .flat(),
  );

describe('the rules in docs/rules', () => {
  test('every rule has an id of its own', () => {
    expect(rules.length).toBeGreaterThan(100);
    expect(rules.filter((id, index) => rules.indexOf(id) !== index)).toEqual([]);
  });

  test('every rule is cited by a test, or is explained in UNTESTED', () => {
    const inTests = cited(/^test\/.*\.test\.ts$/);
    expect(rules.filter((id) => !inTests.has(id))).toEqual(Object.keys(UNTESTED));
  });

  test('code and tests cite no rule that does not exist', () => {
    const everywhere = cited(/^(src|party|test|dev)\/.*\.ts$/);
    expect([...everywhere].filter((id) => !rules.includes(id))).toEqual([]);
  });
});
