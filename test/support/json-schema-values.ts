import fc from 'fast-check';

/** A JSON Schema, as much of it as zod writes. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Strings for a field of a name. */
export type TextOf = (name: string) => fc.Arbitrary<string>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const schemaIn = (value: unknown): JsonSchema => (isRecord(value) ? value : {});
const schemasIn = (value: unknown): JsonSchema[] =>
  Array.isArray(value) ? value.map(schemaIn) : [];
const numberIn = (value: unknown, standard: number): number =>
  typeof value === 'number' ? value : standard;

/**
 * Values that a schema takes.
 *
 * @param text strings that fit a field of this name, where the schema says no more than "a string"
 * @param name the name of the field
 */
export const valuesOf = (schema: JsonSchema, text: TextOf, name = ''): fc.Arbitrary<unknown> => {
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const either = schemasIn(schema.anyOf ?? schema.oneOf);
  if (either.length > 0) return fc.oneof(...either.map((one) => valuesOf(one, text, name)));
  switch (schema.type) {
    case 'string':
      return typeof schema.pattern === 'string'
        ? fc.stringMatching(new RegExp(schema.pattern))
        : text(name);
    case 'integer':
    case 'number':
      return fc.integer({
        min: numberIn(schema.minimum, numberIn(schema.exclusiveMinimum, -1_001) + 1),
        max: numberIn(schema.maximum, Number.MAX_SAFE_INTEGER),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schemaIn(schema.items), text, name), { maxLength: 4 });
    case 'object':
      return objectsOf(schema, text);
    default:
      return fc.jsonValue();
  }
};

const objectsOf = (schema: JsonSchema, text: TextOf) => {
  const fields = Object.entries(schemaIn(schema.properties));
  const requiredKeys = Array.isArray(schema.required) ? schema.required.map(String) : [];
  return fc.record(
    Object.fromEntries(
      fields.map(([name, field]) => [name, valuesOf(schemaIn(field), text, name)]),
    ),
    {
      requiredKeys,
    },
  );
};

/** Deeper than any call stack that would walk it. */
const deep = (depth: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { a: value };
  return value;
};

/** Strings at the limits of lengths, and the two characters that are no text [H6]. */
const oddStrings = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfffx',
  '\u202e',
  '٣٤٥٦٧٨',
  '🧿'.repeat(64),
  '{}',
  '-1',
  'null',
];
const lengths = [1, 2, 3, 4, 8, 9, 16, 17, 32, 33, 64, 65, 255, 256, 1_000, 20_000];

/** Values that nobody expects. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...oddStrings,
    ...lengths.map((length) => '7'.repeat(length)),
    ...lengths.map((length) => 'ё'.repeat(length)),
    ...[0, -0, -1, 1.5, 1e308, 5e-324, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21],
    ...[
      null,
      true,
      false,
      [],
      {},
      [[]],
      [null],
      { toString: 1 },
      { length: 1e9 },
      { valueOf: null },
    ],
    JSON.parse('{"__proto__":{"phone":"1","code":"2"},"constructor":{"prototype":1}}'),
    deep(2_000),
  ),
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
);

/**
 * Objects with some fields of a schema and some unknown ones, all with values that nobody expects.
 */
export const hostileObjects = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  const names = Object.keys(schemaIn(schema.properties));
  return fc.dictionary(fc.oneof(fc.constantFrom(...names, 'secret'), fc.string()), hostileValues);
};

/** An object with one thing wrong: a field that is missing, of another kind or too many. */
export const nearly = (objects: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(objects, fc.nat(), fc.constantFrom('drop', 'replace', 'replace', 'add'), hostileValues)
    .map(([object, which, how, value]) => {
      if (!isRecord(object)) return value;
      const names = Object.keys(object);
      const name = how === 'add' ? '__proto__x' : names[which % Math.max(1, names.length)];
      const others = Object.entries(object).filter(([key]) => key !== name);
      return Object.fromEntries(
        how === 'drop' || name === undefined ? others : [...others, [name, value]],
      );
    });
