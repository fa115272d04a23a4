import { decodeJwt } from 'jose';
import type { Answer, LocalApi, TestClock } from '../../support/client.ts';
import { freshAddress, freshNetwork, freshPhone } from '../../support/fresh.ts';
import type { ProxyControl } from '../../support/proxy.ts';
import { wrongCode } from '../../support/sign-in.ts';
import type { Expected, Fault, Limits } from './rules.ts';
import { ADDRESS_KINDS, Rules } from './rules.ts';
import type { Step } from './steps.ts';
import { describeStep } from './steps.ts';

/** What a sequence is played on: the API, its clock, and stores that can fail. */
export interface Stage {
  readonly api: LocalApi;
  readonly clock: TestClock;
  readonly redis: ProxyControl;
  readonly database: ProxyControl;
}

/**
 * The log of a sequence: a line for each step; the last one tells the broken rule, if there is one.
 */
export interface Play {
  readonly lines: readonly string[];
  readonly broken: boolean;
}

interface SentCode {
  readonly digits: string;
  readonly requestId: string;
}

/**
 * Plays a sequence on fresh phones and addresses, and compares every answer with the rules, until
 * one breaks them.
 */
export const play = async (stage: Stage, limits: Limits, steps: readonly Step[]): Promise<Play> => {
  const player = new Player(stage, limits);
  const lines: string[] = [];
  for (const step of steps) {
    const { line, complaint } = await player.take(step);
    lines.push(line);
    if (complaint === undefined) continue;
    lines.push(`  ${complaint}`);
    return { lines, broken: true };
  }
  return { lines, broken: false };
};

class Player {
  readonly #stage: Stage;
  readonly #rules: Rules;
  readonly #phones = [freshPhone(), freshPhone()];
  readonly #addresses = ADDRESS_KINDS.map((kind) =>
    kind === 'IPv4' ? freshAddress() : freshNetwork(),
  );
  /** Every code that was sent, in the order of their numbers, and whose it is. */
  readonly #sent: (SentCode & { readonly phone: number })[] = [];
  /** The token that each code gave, and the user that each phone is. */
  readonly #tokens = new Map<number, string>();
  readonly #users = new Map<number, string>();
  #told = 0;

  constructor(stage: Stage, limits: Limits) {
    this.#stage = stage;
    this.#rules = new Rules(limits);
  }

  async take(step: Step): Promise<{ line: string; complaint?: string }> {
    const { clock } = this.#stage;
    if (step.do === 'wait' || step.do === 'wait as told') {
      clock.advance(
        step.do === 'wait' ? step.ms / 1_000 : Math.max(0, this.#told - step.lessMs / 1_000),
      );
      return { line: describeStep(step) };
    }
    // A code that is taken back gets the rest of its time from the clock of Redis, which goes on:
    // enough must be left for the next steps.
    const fault = this.#rules.expiresWithin(20_000, step.phone, clock.now())
      ? undefined
      : step.fault;
    let line = `${describeStep({ ...step, fault })} →`;
    for (let n = 0; n < (step.do === 'verify' ? step.times : 1); n++) {
      const one = { ...step, fault: n === 0 ? fault : undefined };
      const { answer, complaint } =
        one.do === 'request' ? await this.#request(one) : await this.#verify(one);
      line += ` ${answer.status}`;
      if (complaint !== undefined) return { line, complaint };
    }
    return { line };
  }

  async #request({ phone, address, fault }: Extract<Step, { do: 'request' }>) {
    const expected = this.#rules.requestCode({ phone, address, fault }, this.#stage.clock.now());
    const answer = await this.#post('/api/auth/request-code', {}, phone, address, fault);
    const { debugCode, requestId } = answer.body;
    if (typeof debugCode === 'string')
      this.#sent.push({ phone, digits: debugCode, requestId: String(requestId) });
    return { answer, complaint: this.#compare(expected, answer) };
  }

  async #verify({ phone, address, fault, code, withRequestId }: Extract<Step, { do: 'verify' }>) {
    const own = this.#sent
      .map((sent, number) => ({ ...sent, number }))
      .filter((sent) => sent.phone === phone);
    const newest = own.at(-1);
    const guessed = code === 'older' ? own.at(-2) : code === 'newest' ? newest : undefined;
    const guess = {
      phone,
      address,
      fault,
      code: guessed?.number,
      newest: newest?.number,
      withRequestId,
    };
    const expected = this.#rules.verifyCode(guess, this.#stage.clock.now());
    const requestId = withRequestId ? (guessed ?? newest)?.requestId : undefined;
    const body = {
      code: guessed?.digits ?? wrongCode(newest?.digits ?? '0'),
      ...(requestId && { requestId }),
    };
    const answer = await this.#post('/api/auth/verify-code', body, phone, address, fault);
    const complaint =
      this.#compare(expected, answer) ?? this.#wrongToken(expected, answer, phone, guessed?.number);
    return { answer, complaint };
  }

  /** One request while a store behaves so, with all that goes on behind its answer. */
  async #post(
    path: string,
    body: object,
    phone: number,
    address: number,
    fault: Fault,
  ): Promise<Answer> {
    const { api, redis, database } = this.#stage;
    const [store, mode] = fault?.split(' ') ?? [];
    const failing = store === 'redis' ? redis : database;
    if (mode === 'dead' || mode === 'deaf') await failing.behave({ mode, times: 1 });
    const options = { address: this.#addresses[address] ?? '' };
    const answer = await api.post(path, { ...body, phone: this.#phones[phone] }, options);
    await api.settle();
    if (fault) await failing.behave({ mode: 'pass' });
    return answer;
  }

  #compare(expected: Expected, { status, body, headers }: Answer): string | undefined {
    const wanted = {
      digits: undefined,
      token: undefined,
      code: undefined,
      retryAfterSeconds: undefined,
      ...expected,
    };
    this.#told = wanted.retryAfterSeconds ?? this.#told;
    const differences = [
      [status, wanted.status],
      [body.code, wanted.code],
      [body.retryAfterSeconds, wanted.retryAfterSeconds],
      [
        headers.get('Retry-After'),
        wanted.retryAfterSeconds === undefined ? null : String(wanted.retryAfterSeconds),
      ],
      [typeof body.debugCode === 'string', wanted.digits === true],
      [typeof body.token === 'string', wanted.token !== undefined],
    ].filter(([got, want]) => got !== want);
    return differences.length
      ? `the rules say ${JSON.stringify(expected)}, the API ${JSON.stringify(body)}`
      : undefined;
  }

  /** A phone is always the same user, and a repeated sign-in the same session. */
  #wrongToken(expected: Expected, { body }: Answer, phone: number, code = -1): string | undefined {
    if (!('token' in expected)) return undefined;
    const token = String(body.token);
    const user = String(decodeJwt(token).userId);
    if ((this.#users.get(phone) ?? user) !== user)
      return `signed in as ${user}, who is not ${this.#users.get(phone)}`;
    this.#users.set(phone, user);
    if (expected.token === 'the same again' && this.#tokens.get(code) !== token)
      return 'it is not the same token again';
    this.#tokens.set(code, token);
    return undefined;
  }
}
