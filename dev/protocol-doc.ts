import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CallClientFrame, CallServerFrame, Signal } from '../src/contract/sockets/call.ts';
import { InboxClientFrame, InboxServerFrame } from '../src/contract/sockets/inbox.ts';
import { CLOSE, FRAME_ERRORS } from '../src/contract/sockets/protocol.ts';

/** The document whose tables are made here: `npm run docs:protocol`. */
export const PROTOCOL_DOC = join(import.meta.dirname, '..', 'docs', 'protocol.md');

/** As much of a JSON Schema as the contract's frames come to. */
const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  description: z.string().optional(),
  minimum: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

const frames = (schema: z.ZodType, io: 'input' | 'output'): z.output<typeof Schema>[] => {
  const { oneOf, anyOf } = Schema.parse(z.toJSONSchema(schema, { io }));
  return z.array(Schema).parse(oneOf ?? anyOf);
};

/** A type, as a table has room for. */
const typeOf = (given: unknown): string => {
  const schema = Schema.parse(given);
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return [...new Set(variants.map(typeOf))].join(' or ');
  if (schema.items !== undefined) return `array of ${typeOf(schema.items)}`;
  if (schema.properties)
    return `{${fieldsOf(schema)
      .map(({ name, optional, type }) => `${name}${optional ? '?' : ''}: ${type}`)
      .join(', ')}}`;
  if (schema.type === 'object') return `object: any → ${typeOf(schema.additionalProperties ?? {})}`;
  // The smallest that JavaScript can count to goes without saying.
  if (schema.type === 'integer')
    return (schema.minimum ?? 0) > 0 ? `integer ≥ ${schema.minimum}` : 'integer';
  return [schema.type ?? 'anything'].flat().join(' or ');
};

/** The objects that a field holds, with the way from it to their fields. */
const objectsIn = (
  given: unknown,
  way: string,
): { way: string; object: z.output<typeof Schema> }[] => {
  const schema = Schema.parse(given);
  const { properties, items, additionalProperties: values } = schema;
  if (properties) return [{ way: `${way}.`, object: schema }];
  if (items !== undefined) return objectsIn(items, `${way}[]`);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.flatMap((variant) => objectsIn(variant, way));
  return typeof values === 'object' && values !== null ? objectsIn(values, `${way}.*`) : [];
};

/** The fields inside a field that have something to be said of them. */
const describedIn = (
  given: unknown,
  name: string,
): { name: string; optional: boolean; type: string; description: string }[] =>
  objectsIn(given, name).flatMap(({ way, object }) =>
    fieldsOf(object).flatMap((field) => {
      const own = { ...field, name: `${way}${field.name}` };
      const inner = describedIn(object.properties?.[field.name], own.name);
      return field.description === '' ? inner : [own, ...inner];
    }),
  );

const fieldsOf = ({ properties = {}, required = [] }: z.output<typeof Schema>) =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    optional: !required.includes(name),
    type: typeOf(schema),
    description: Schema.parse(schema).description ?? '',
  }));

const row = (...cells: string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** One row for each field of each frame. */
const table = (schema: z.ZodType, io: 'input' | 'output', kind = 'type'): string => {
  const rows = frames(schema, io).flatMap((frame) => {
    const name = typeOf(frame.properties?.[kind]);
    const fields = fieldsOf(frame)
      .filter((field) => field.name !== kind)
      .flatMap((field) => [field, ...describedIn(frame.properties?.[field.name], field.name)]);
    const first = row(name, '', '', frame.description ?? '');
    return [
      first,
      ...fields.map(({ name, optional, type, description }) =>
        row('', `\`${name}\`${optional ? ' ?' : ''}`, type, description),
      ),
    ];
  });
  return [
    row(kind, 'field', 'what it is', 'meaning'),
    row('---', '---', '---', '---'),
    ...rows,
  ].join('\n');
};

const TABLES: Record<string, () => string> = {
  'close codes': () =>
    [
      row('code', 'reason'),
      row('---', '---'),
      ...Object.values(CLOSE).map(({ code, reason }) => row(String(code), reason)),
    ].join('\n'),
  errors: () =>
    [
      row('code', 'meaning'),
      row('---', '---'),
      ...Object.entries(FRAME_ERRORS).map(([code, meaning]) => row(`\`${code}\``, meaning)),
    ].join('\n'),
  signal: () => table(Signal, 'input', 'kind'),
  'call: client': () => table(CallClientFrame, 'input'),
  'call: room': () => table(CallServerFrame, 'output'),
  'inbox: client': () => table(InboxClientFrame, 'input'),
  'inbox: room': () => table(InboxServerFrame, 'output'),
};

/**
 * The document with its tables made from the contract.
 *
 * @throws when a table has no place in it
 */
export const withTables = (text: string): string => {
  let out = text;
  for (const [name, make] of Object.entries(TABLES)) {
    const [begin, end] = [`<!-- table: ${name} -->`, '<!-- end -->'];
    const from = out.indexOf(begin);
    const to = out.indexOf(end, from);
    if (from < 0 || to < 0)
      throw new Error(`docs/protocol.md has no place for the table "${name}"`);
    out = `${out.slice(0, from + begin.length)}\n\n${make()}\n\n${out.slice(to)}`;
  }
  return out;
};

if (import.meta.main) writeFileSync(PROTOCOL_DOC, withTables(readFileSync(PROTOCOL_DOC, 'utf8')));
