import fc from 'fast-check';
import { expect, test } from 'vitest';
import { operationsOf } from '../../support/api-description.ts';
import type { Answer } from '../../support/client.ts';
import { runningApi } from '../../support/client.ts';
import { heapIsHidden, heapOf } from '../../support/memory.ts';
import { shrunkBriefly } from '../../support/shrinking.ts';
import { signIn } from '../../support/sign-in.ts';
import { stack } from '../../support/stack.ts';
import type { Attack } from './attacks.ts';
import { attackOn, ORIGIN, remember } from './attacks.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** How many requests are under way at once. */
const BATCH = 25;
/** After so many requests the Worker has all that it makes once and keeps, as compiled code. */
const WARM_UP = 150;

/**
 * How much the heap of the Worker may grow, in bytes, after all garbage is collected. It grows by
 * about 0.3 MB once and by 0.2 KB a request, since sessions are remembered. A leak of 20 KB a
 * request would be 4 MB after 250 requests.
 */
const KEPT_AT_MOST = 1_500_000;
const KEPT_OF_A_REQUEST = 1_000;

const api = runningApi();
const operations = operationsOf((await api.send('GET', '/openapi.json')).body);
/** How many requests are sent; the environment can ask for more, or for another seed. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 12 * operations.length);
/** Ends a run that hangs. A slow machine is given ten times what it needs. */
const TIMEOUT_MS = 600_000 + RUNS * 400;
const byName = new Map(operations.map((operation) => [operation.name, operation]));

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
