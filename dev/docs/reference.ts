import type { ErrorCode } from '../../src/contract/errors.ts';
import { ERRORS } from '../../src/contract/errors.ts';
import type { Endpoint } from '../../src/contract/http/endpoint.ts';
import { ERRORS_ANYWHERE } from '../../src/contract/http/endpoint.ts';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';
import type { SettingName } from '../../src/platform/settings.ts';
import { SETTING_NAMES, SETTING_SCHEMAS } from '../../src/platform/settings.ts';
import { fillTables, markdownTable } from './markdown.ts';
import type { Schema } from './schema.ts';
import { fieldsOf, objectsIn, toSchema, variantsOf } from './schema.ts';
import { DEFAULTS_IN_WORDS, SETTING_TEXTS } from './settings.ts';

const nameOf = ({ method, path }: Endpoint) => `${method.toUpperCase()} ${path}`;

/** The anchor that GitHub gives a heading which is one name in backticks. */
const anchorOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

const sentence = (text: string) => (/[.:;]$/.test(text) ? text : `${text}.`);

const code = (text: string) => `\`${text}\``;

/** Text in which no `<word>` is taken for HTML; what stands in backticks stays as it is. */
const escapeHtml = (text: string) =>
  text.replace(/`[^`]*`|</g, (found) => (found === '<' ? '&lt;' : found));

/** One row for each field of a schema, those of objects within it as well. */
const fieldRows = (place: string, schema: Schema): readonly (readonly string[])[] =>
  variantsOf(schema).flatMap((variant) => {
    if (!variant.properties) return [[place, '', String(variant.contentMediaType ?? ''), '']];
    return objectsIn(variant, '').flatMap((found) => objectRows(place, found));
  });

const objectRows = (
  place: string,
  { path, object }: { path: string; object: Schema },
): readonly (readonly string[])[] =>
  fieldsOf(object, () => 'object').flatMap(({ name, optional, type, description }) => {
    const own = `${path}${name}`.replace(/^\./, '');
    return [
      [place, `${code(own)}${optional ? ' ?' : ''}`, type, escapeHtml(description)],
      ...objectsIn(object.properties?.[name], own).flatMap((found) => objectRows(place, found)),
    ];
  });

const requestRows = ({ params, query, body, headers = {} }: Endpoint) => [
  ...(params ? fieldRows('path', toSchema(params, 'input')) : []),
  ...(query ? fieldRows('query', toSchema(query, 'input')) : []),
  ...Object.entries(headers).map(([name, text]) => ['header', code(name), 'string', text]),
  ...(body ? fieldRows('body', toSchema(body, 'input')) : []),
];

const errorList = (codes: readonly ErrorCode[]) =>
  codes.map((each) => `${code(each)} (${ERRORS[each].status})`).join(', ');

const endpointSection = (endpoint: Endpoint): string => {
  const { success, errors, bearer, summary } = endpoint;
  const rows = [
    ...requestRows(endpoint),
    ...(success ? fieldRows(String(success.status), toSchema(success.body(), 'output')) : []),
  ];
  return [
    `### ${code(nameOf(endpoint))}`,
    `${sentence(escapeHtml(summary))}${bearer ? ' Wants a token.' : ''}`,
    ...(rows.length > 0 ? [markdownTable(['where', 'field', 'what it is', 'meaning'], rows)] : []),
    ...(errors.length > 0 ? [`Errors: ${errorList(errors)}.`] : []),
  ].join('\n\n');
};

const routeTable = () =>
  markdownTable(
    ['route', 'what it does'],
    ENDPOINTS.map((endpoint) => [
      `[${code(nameOf(endpoint))}](#${anchorOf(nameOf(endpoint))})`,
      escapeHtml(endpoint.summary),
    ]),
  );

const errorTable = () =>
  markdownTable(
    ['code', 'status', 'message', 'in English'],
    Object.entries(ERRORS).map(([name, { status, text }]) => [
      code(name),
      String(status),
      'legacy' in text ? `${text.legacy}; asked for Russian: ${text.ru}` : text.ru,
      text.en,
    ]),
  );

/** What holds when a setting is not set. */
const defaultOf = (name: SettingName): string => {
  const inWords = DEFAULTS_IN_WORDS[name];
  if (inWords !== undefined) return inWords;
  const schema = SETTING_SCHEMAS[name];
  const unset = schema.safeParse(undefined);
  if (!unset.success) return 'required';
  const standard = toSchema(schema, 'input').default ?? unset.data;
  const isTold = typeof standard === 'string' || typeof standard === 'number';
  return isTold && standard !== '' ? code(String(standard)) : '–';
};

const settingTable = () =>
  markdownTable(
    ['setting', 'default', 'what it is'],
    SETTING_NAMES.map((name) => [code(name), defaultOf(name), SETTING_TEXTS[name]]),
  );

const TABLES: Readonly<Record<string, () => string>> = {
  routes: routeTable,
  'each route': () => ENDPOINTS.map(endpointSection).join('\n\n'),
  'errors anywhere': () => sentence(errorList(ERRORS_ANYWHERE)),
  errors: errorTable,
  settings: settingTable,
};

/**
 * docs/reference.md with its routes, errors and settings made from the code.
 *
 * @throws when one of these has no place in it
 */
export const makeReference = (text: string): string =>
  fillTables(text, 'docs/reference.md', TABLES);
