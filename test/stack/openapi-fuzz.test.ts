import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Operation } from '../support/api-description.ts';
import { operationsOf } from '../support/api-description.ts';
import type { Answer } from '../support/client.ts';
import { runningApi } from '../support/client.ts';
import type { JsonSchema } from '../support/json-schema-values.ts';
import { hostileObjects, hostileValues, nearly, valuesOf } from '../support/json-schema-values.ts';
import { heapIsHidden, heapOf } from '../support/memory.ts';
import { shrunkBriefly } from '../support/shrinking.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

/** How many requests are sent; the environment can ask for more, or for another seed. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 250);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** How many requests are under way at once. */
const BATCH = 25;
/** Ends a run that hangs. A slow machine is given ten times what it needs. */
const TIMEOUT_MS = 600_000 + RUNS * 400;
/** After so many requests the Worker has all that it makes once and keeps, as compiled code. */
const WARM_UP = 150;

/**
 * How much the heap of the Worker may grow, in bytes, after all garbage is collected. It grows by
 * about 0.3 MB once and by 0.2 KB a request, since sessions are remembered. A leak of 20 KB a
 * request would be 4 MB after 250 requests.
 */
const KEPT_AT_MOST = 1_500_000;
const KEPT_OF_A_REQUEST = 1_000;

const ORIGIN = 'https://app.example';

/** A request that somebody could send. */
interface Attack {
  readonly operation: string;
  readonly path: string;
  readonly user: number;
  readonly token: 'none' | 'valid' | 'bad';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const api = runningApi();
const operations = operationsOf((await api.send('GET', '/openapi.json')).body);
const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** Strings of earlier answers, the newest last: codes, ids and tokens for the next requests. */
const seen: { readonly name: string; readonly value: string }[] = [];
const plain = (name: string) => name.replace(/[^a-z]/gi, '').toLowerCase();
const remember = (value: unknown, name = ''): void => {
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

const attackOn = (operation: Operation): fc.Arbitrary<Attack> => {
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

/** Several people are signed in, and sign in again after an attack that signed them out. */
const tokens = [1, 2, 3, 4].map(() => signIn(api));

const send = async ({
  operation,
  path,
  user,
  token: kind,
  headers,
  body,
}: Attack): Promise<Answer> => {
  const token = await tokens[user];
  const [method = ''] = operation.split(' ');
  const sent = kind === 'valid' ? token : kind === 'bad' ? `${token?.slice(0, -4)}AAAA` : undefined;
  return api.send(method, path, {
    headers,
    ...(body !== undefined && { body }),
    ...(sent !== undefined && { token: sent }),
  });
};

/** Complains about an answer that no request may get. */
const complaintAbout = ({ operation, path }: Attack, answer: Answer): string | undefined => {
  const { status, headers, body, text: raw } = answer;
  if (headers.get('Access-Control-Allow-Origin') !== ORIGIN) return 'no CORS header';
  const requestId = headers.get('X-Request-Id');
  if (!requestId) return 'no X-Request-Id';
  if (status >= 400 && body.requestId !== requestId) return 'another requestId in the body';
  if ((status === 429 || body.code === 'unavailable') && !(Number(headers.get('Retry-After')) > 0))
    return 'no Retry-After';
  // Both stores run and everything is configured, so nothing may be unavailable.
  if (['internal', 'unavailable', 'misconfigured'].includes(String(body.code)))
    return `${status} ${body.code}`;
  // Odd characters may turn a path into another one.
  if (body.code === 'not_found' && path.includes('%')) return undefined;
  return byName.get(operation)?.complaint(status, headers.get('Content-Type') ?? '', raw);
};

/** Which statuses each operation answered with. */
const answered = new Map<string, Set<number>>();

const sendAll = async (attacks: readonly Attack[]): Promise<void> => {
  const answers = await Promise.all(attacks.map(send));
  const complaints = answers.map((answer, index) => {
    const attack = attacks[index];
    if (!attack) return [];
    answered.set(
      attack.operation,
      (answered.get(attack.operation) ?? new Set()).add(answer.status),
    );
    if (answer.status < 300) remember(answer.body);
    const complaint = complaintAbout(attack, answer);
    const shown = { ...attack, path: attack.path.slice(0, 300), body: attack.body?.slice(0, 300) };
    return complaint
      ? [`${complaint}\n${JSON.stringify(shown)}\n→ ${answer.status} ${answer.text.slice(0, 300)}`]
      : [];
  });
  const refused = attacks.filter(
    ({ token }, index) => token === 'valid' && answers[index]?.status === 401,
  );
  for (const user of new Set(refused.map(({ user }) => user))) tokens[user] = signIn(api);
  const [first] = complaints.flat();
  if (first !== undefined) throw new Error(first);
};

/** Sends so many attacks. Throws the first complaint with the smallest request that causes it. */
const attackFor = async (runs: number, seed: number): Promise<void> => {
  const batch = fc.array(fc.oneof(...operations.map(attackOn)), {
    minLength: 1,
    maxLength: 2 * BATCH,
    size: 'max',
  });
  const result = await fc.check(fc.asyncProperty(batch, shrunkBriefly(sendAll)), {
    numRuns: Math.ceil(runs / BATCH),
    seed,
  });
  if (!result.failed) return;
  const reason = result.errorInstance instanceof Error ? result.errorInstance.message : '';
  throw new Error(`FUZZ_SEED=${seed}, path ${result.counterexamplePath}: ${reason}`);
};

test(
  '[H7] requests made from the description of the API are answered as it says',
  async () => {
    await attackFor(WARM_UP, SEED);
    const before = heapIsHidden ? 0 : await heapOf(stack.apiUrl);
    await attackFor(RUNS, SEED + 1);
    const grown = heapIsHidden ? 0 : (await heapOf(stack.apiUrl)) - before;

    const idle = operations.filter(({ name }) =>
      [...(answered.get(name) ?? [401])].every((status) => status === 401),
    );
    expect(idle.map(({ name }) => name)).toEqual([]);
    expect(grown, 'bytes that the Worker keeps').toBeLessThan(
      KEPT_AT_MOST + RUNS * KEPT_OF_A_REQUEST,
    );
  },
  TIMEOUT_MS,
);
