import * as z from 'zod';

/** As much of a JSON Schema as the contract comes to. */
export const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
  minimum: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});

/** A JSON Schema, read. */
export type Schema = z.output<typeof Schema>;

/** A field of an object, as a table shows it. */
export interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
  readonly description: string;
}

/** The JSON Schema of a zod schema, as a client sends it (`input`) or gets it (`output`). */
export const toSchema = (type: z.ZodType, io: 'input' | 'output'): Schema =>
  Schema.parse(z.toJSONSchema(type, { io, unrepresentable: 'any' }));

/** The schemas of which any one may hold; the schema itself where there is no choice. */
export const variantsOf = (schema: Schema): readonly Schema[] =>
  (schema.oneOf ?? schema.anyOf)?.map((variant) => Schema.parse(variant)) ?? [schema];

const jsonCode = (value: unknown) => `\`${JSON.stringify(value)}\``;

const inlineObject = (schema: Schema): string => {
  const fields = fieldsOf(schema).map(
    ({ name, optional, type }) => `${name}${optional ? '?' : ''}: ${type}`,
  );
  return `{${fields.join(', ')}}`;
};

/**
 * A type in the words that a cell of a table has room for.
 *
 * @param nameObject how an object with known fields is named; by default by all its fields
 */
export const typeOf = (given: unknown, nameObject = inlineObject): string => {
  const schema = Schema.parse(given);
  if (schema.const !== undefined) return jsonCode(schema.const);
  if (schema.enum) return schema.enum.map(jsonCode).join(' or ');
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) {
    return [...new Set(variants.map((variant) => typeOf(variant, nameObject)))].join(' or ');
  }
  if (schema.items !== undefined) return `array of ${typeOf(schema.items, nameObject)}`;
  if (schema.properties) return nameObject(schema);
  if (schema.type === 'object') {
    return `object: any → ${typeOf(schema.additionalProperties ?? {}, nameObject)}`;
  }
  // JSON Schema names the smallest integer of JavaScript, which tells a reader nothing.
  if (schema.type === 'integer') {
    return (schema.minimum ?? 0) > 0 ? `integer ≥ ${schema.minimum}` : 'integer';
  }
  return [schema.type ?? 'anything'].flat().join(' or ');
};

/** The fields of an object. */
export const fieldsOf = (
  { properties = {}, required = [] }: Schema,
  nameObject?: (schema: Schema) => string,
): readonly Field[] =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    optional: !required.includes(name),
    type: typeOf(schema, nameObject),
    description: Schema.parse(schema).description ?? '',
  }));

/** The objects that a field holds, with the path from it to their fields. */
export const objectsIn = (
  given: unknown,
  path: string,
): readonly { readonly path: string; readonly object: Schema }[] => {
  const schema = Schema.parse(given);
  const { properties, items, additionalProperties: values } = schema;
  if (properties) return [{ path: `${path}.`, object: schema }];
  if (items !== undefined) return objectsIn(items, `${path}[]`);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.flatMap((variant) => objectsIn(variant, path));
  return typeof values === 'object' && values !== null ? objectsIn(values, `${path}.*`) : [];
};
