import type * as z from 'zod';
import { PushPayload } from '../../src/contract/push.ts';
import { CallClientFrame, CallServerFrame, Signal } from '../../src/contract/sockets/call.ts';
import { InboxClientFrame, InboxServerFrame } from '../../src/contract/sockets/inbox.ts';
import { CLOSE, FRAME_ERRORS } from '../../src/contract/sockets/protocol.ts';
import { fillTables, markdownTable } from './markdown.ts';
import type { Field } from './schema.ts';
import { fieldsOf, objectsIn, toSchema, typeOf, variantsOf } from './schema.ts';

/** The fields inside a field that have a description. */
const describedIn = (given: unknown, name: string): readonly Field[] =>
  objectsIn(given, name).flatMap(({ path, object }) =>
    fieldsOf(object).flatMap((field) => {
      const own = { ...field, name: `${path}${field.name}` };
      const inner = describedIn(object.properties?.[field.name], own.name);
      return field.description === '' ? inner : [own, ...inner];
    }),
  );

/** One row for each field of each frame. */
const frameTable = (type: z.ZodType, io: 'input' | 'output', kind = 'type'): string => {
  const rows = variantsOf(toSchema(type, io)).flatMap((frame) => {
    const fields = fieldsOf(frame)
      .filter((field) => field.name !== kind)
      .flatMap((field) => [field, ...describedIn(frame.properties?.[field.name], field.name)]);
    return [
      [typeOf(frame.properties?.[kind]), '', '', frame.description ?? ''],
      ...fields.map(({ name, optional, type, description }) => [
        '',
        `\`${name}\`${optional ? ' ?' : ''}`,
        type,
        description,
      ]),
    ];
  });
  return markdownTable([kind, 'field', 'what it is', 'meaning'], rows);
};

const TABLES: Readonly<Record<string, () => string>> = {
  'close codes': () =>
    markdownTable(
      ['code', 'reason'],
      Object.values(CLOSE).map(({ code, reason }) => [String(code), reason]),
    ),
  errors: () =>
    markdownTable(
      ['code', 'meaning'],
      Object.entries(FRAME_ERRORS).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
  signal: () => frameTable(Signal, 'input', 'kind'),
  'call: client': () => frameTable(CallClientFrame, 'input'),
  'call: room': () => frameTable(CallServerFrame, 'output'),
  'inbox: client': () => frameTable(InboxClientFrame, 'input'),
  'inbox: room': () => frameTable(InboxServerFrame, 'output'),
  push: () => frameTable(PushPayload, 'output', 'kind'),
};

/**
 * docs/protocol.md with its tables made from the contract.
 *
 * @throws when a table has no place in it
 */
export const makeProtocol = (text: string): string => fillTables(text, 'docs/protocol.md', TABLES);
