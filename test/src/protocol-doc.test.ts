import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROTOCOL_DOC, withTables } from '../../dev/protocol-doc.ts';

const text = readFileSync(PROTOCOL_DOC, 'utf8');

test('docs/protocol.md says of every frame what the rooms check: npm run docs:protocol', () => {
  expect(withTables(text)).toBe(text);
});

test('a table that has no place in the document is missed', () => {
  expect(() => withTables(text.replace('<!-- table: errors -->', ''))).toThrow('"errors"');
});
