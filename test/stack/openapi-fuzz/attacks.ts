import fc from 'fast-check';
import type { Operation } from '../../support/api-description.ts';
import type { JsonSchema } from '../../support/json-schema-values.ts';
import {
  hostileObjects,
  hostileValues,
  nearly,
  valuesOf,
} from '../../support/json-schema-values.ts';
import { stack } from '../../support/stack.ts';

export const ORIGIN = 'https://app.example';

/** A request that somebody could send. */
export interface Attack {
  readonly operation: string;
  readonly path: string;
  readonly user: number;
  readonly token: 'none' | 'valid' | 'bad';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Strings of earlier answers, the newest last: codes, ids and tokens for the next requests. */
const seen: { readonly name: string; readonly value: string }[] = [];

const plain = (name: string) => name.replace(/[^a-z]/gi, '').toLowerCase();

export const remember = (value: unknown, name = ''): void => {
  if (typeof value === 'string') seen.push({ name: plain(name), value });
  else if (typeof value === 'object' && value !== null) {
    for (const [inner, field] of Object.entries(value)) remember(field, inner);
  }
  seen.splice(0, seen.length - 100);
};

/**
 * Strings whose name ends like this one: `debugCode` is a `code`, `pollToken` an `X-Poll-Token`.
 */
const seenAs = (name: string, kind = /./) =>
  fc.nat().map((n) => {
    const wanted = plain(name);
    const fitting = seen.filter((one) => wanted.endsWith(one.name) || one.name.endsWith(wanted));
    const values = fitting.map(({ value }) => value).filter((value) => kind.test(value));
    return values.at(-1 - (n % Math.max(1, values.length))) ?? '';
  });

const phone = fc.nat(999_999_999).map((n) => `+79${String(n).padStart(9, '0')}`);

const words = fc.constantFrom('123456', 'ABCDEF', 'somebody', 'Имя');

const text = (name: string) => fc.oneof(seenAs(name), seenAs(name), phone, words, fc.string());

const secrets = ['TELEGRAM_LINK_SECRET', 'TELEGRAM_WEBHOOK_SECRET'].map(
  (name) => stack.settings[name] ?? '',
);

const headerText = (name: string) =>
  fc.oneof(
    fc.constantFrom(...secrets),
    fc.constantFrom('', ' ', '\xff', 'x'.repeat(2_000)),
    seenAs(name, /^[\w-]+$/),
    fc.stringMatching(/^[ -~]{0,60}$/),
  );

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Fills each `{name}` of a path, but with no secret of a person: paths are logged. */
const pathOf = ({ path }: Operation): fc.Arbitrary<string> => {
  const names = path.split(/\{\w+\}/).length - 1;
  const segment = fc.oneof(
    seenAs('id', /^[\w-]{22}$/).map((id) => id || 'x'),
    fc.constantFrom(
      '%00',
      '%2F',
      'a%2Fb',
      '%',
      '%ff',
      '%E0%A4',
      '__proto__',
      'constructor',
      ':id',
      '*',
      'ё',
      '%F0%9F%A7%BF',
    ),
    fc.constantFrom(1, 300, 2_000).map((length) => 'y'.repeat(length)),
  );
  return fc
    .array(segment, { minLength: names, maxLength: names })
    .map((segments) => path.replace(/\{\w+\}/g, () => segments.pop() ?? ''));
};

const queryOf = ({ parameters }: Operation): fc.Arbitrary<string> => {
  const own = parameters.filter((parameter) => parameter.in === 'query');
  // Longer addresses are refused before they come to the Worker.
  const value = (name: string, schema: JsonSchema) =>
    fc
      .oneof(valuesOf(schema, text, name), valuesOf(schema, text, name), hostileValues)
      .map((any) => asText(any).slice(0, 300));
  const fitting = fc
    .record(Object.fromEntries(own.map(({ name, schema }) => [name, value(name, schema)])), {
      requiredKeys: [],
    })
    .map((fields) =>
      new URLSearchParams(
        Object.entries(fields).map(([name, given = '']) => [name, given]),
      ).toString(),
    );
  const names = fc.constantFrom(...own.map(({ name }) => name), 'token');
  const odd = fc.tuple(
    names,
    fc.constantFrom('[toString]=1', '=1&=2', '[]=a', '=%00', '=%', '=%ff', '', '.x=1', '=%uD800'),
  );
  const rare = odd.map(([name, rest]) => `${name}${rest}&__proto__[x]=1&${name}=again`);
  return fc.oneof(
    { weight: own.length ? 5 : 1, arbitrary: fitting },
    { weight: 1, arbitrary: rare },
  );
};

const bodyOf = ({ method, body }: Operation): fc.Arbitrary<string | undefined> => {
  if (method === 'GET') return fc.constant(undefined);
  const valid = valuesOf(body ?? {}, text);
  return fc.oneof(
    { weight: 4, arbitrary: valid.map((value) => JSON.stringify(value)) },
    { weight: 6, arbitrary: nearly(valid).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: hostileObjects(body ?? {}).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: hostileValues.map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{',
        'nul',
        '\ufeff{}',
        '{"a":1}{"b":2}',
        '[[['.repeat(9_000),
        '{"a":'.repeat(9_000),
        '"\\u00',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
};

const contentType = fc.oneof(
  { weight: 9, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/json; charset=utf-16',
      'text/plain',
      'multipart/form-data',
      'application/jsonp',
      ';',
      'x',
    ),
  },
);

export const attackOn = (operation: Operation): fc.Arbitrary<Attack> => {
  // The header of the language has values of its own below.
  const own = operation.parameters.filter(
    (one) => one.in === 'header' && one.name !== 'X-Language',
  );
  const names = own.map(({ name }) => name);
  return fc
    .record({
      path: pathOf(operation),
      query: queryOf(operation),
      user: fc.nat(3),
      token: fc.constantFrom('none', 'valid', 'valid', 'valid', 'valid', 'valid', 'bad'),
      own: fc.record(Object.fromEntries(names.map((name) => [name, headerText(name)])), {
        requiredKeys: [],
      }),
      type: contentType,
      language: fc.constantFrom('ru', 'en', '*', 'xx-yy;q=7', ','.repeat(500)),
      body: bodyOf(operation),
    })
    .map(({ path, query, user, token, own, type, language, body }) => ({
      operation: operation.name,
      path: query ? `${path}?${query}` : path,
      user,
      token,
      headers: {
        ...own,
        Origin: ORIGIN,
        'Accept-Language': language,
        'X-Language': language,
        ...(body !== undefined && { 'Content-Type': type }),
      },
      body,
    }));
};
