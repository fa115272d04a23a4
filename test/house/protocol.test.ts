import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { makeProtocol } from '../../dev/docs/protocol.ts';
import { PushPayload } from '../../src/contract/push.ts';
import { CallClientFrame, CallServerFrame, Signal } from '../../src/contract/sockets/call.ts';
import { InboxClientFrame, InboxServerFrame } from '../../src/contract/sockets/inbox.ts';
import { ROOT } from './files.ts';

const text = readFileSync(`${ROOT}/docs/protocol.md`, 'utf8');

test('docs/protocol.md says of every frame what the rooms check: npm run docs', () => {
  expect(makeProtocol(text)).toBe(text);
});

/** All descriptions in a JSON Schema, those of nested fields too. */
const descriptionsIn = (schema: unknown): string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const own =
    'description' in schema && typeof schema.description === 'string' ? [schema.description] : [];
  return [...own, ...Object.values(schema).flatMap(descriptionsIn)];
};

test.each([
  ['Signal', Signal],
  ['CallClientFrame', CallClientFrame],
  ['CallServerFrame', CallServerFrame],
  ['InboxClientFrame', InboxClientFrame],
  ['InboxServerFrame', InboxServerFrame],
  ['PushPayload', PushPayload],
])(
  'docs/protocol.md has every description of the fields of %s, however deep they are',
  (_, schema) => {
    const missing = descriptionsIn(z.toJSONSchema(schema)).filter((each) => !text.includes(each));
    expect(missing).toEqual([]);
  },
);

test('a table that has no place in the document is reported', () => {
  expect(() => makeProtocol(text.replace('<!-- table: errors -->', ''))).toThrow('"errors"');
});
