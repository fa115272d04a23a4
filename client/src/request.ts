import type { Endpoints } from './contract.ts';
import { ENDPOINTS } from './contract.ts';
import type { EndpointName, ErrorCode, NetworkCode } from './error.ts';
import { AistError } from './error.ts';
import type { ClientOptions, Clock, Log } from './options.ts';

/** What an endpoint takes. */
export type Input<Name extends EndpointName> = Endpoints[Name]['input'];

/** What an endpoint answers. */
export type Answer<Name extends EndpointName> = Endpoints[Name]['answer'];

/** The arguments of a request: endpoints that take nothing need no input. */
export type RequestArguments<Name extends EndpointName> =
  undefined extends Input<Name>
    ? [name: Name, input?: Input<Name>, options?: RequestOptions]
    : [name: Name, input: Input<Name>, options?: RequestOptions];

/** What a request may carry beside its input. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Headers beyond the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the browser sends it also when the page is left meanwhile. */
  readonly keepalive?: boolean;
}

/** How long an answer is waited for, in milliseconds: the server answers within five seconds. */
const TIMEOUT_MS = 10_000;

/** The pauses before a request is repeated, in milliseconds; each is varied by up to a half. */
const PAUSES_MS = [500, 1_000, 2_000] as const;

/** A server that asks for a longer pause than this is not asked again by the client itself. */
const LONGEST_PAUSE_MS = 5_000;

/** A request that can be sent. */
interface Prepared {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  /** Whether it may be sent twice: it reads, or the server knows it again. */
  readonly repeatable: boolean;
}

const prepare = (name: EndpointName, input: object = {}): Prepared => {
  const [method, template] = ENDPOINTS[name];
  const rest: Record<string, unknown> = { ...input };
  const path = template.replace(/:(\w+)/g, (_, part: string) => {
    const value = String(rest[part]);
    delete rest[part];
    return encodeURIComponent(value);
  });
  const isRead = method === 'GET' || method === 'DELETE';
  const query = new URLSearchParams();
  if (isRead)
    for (const [key, value] of Object.entries(rest))
      if (value !== undefined) query.set(key, String(value));
  const isKnownAgain = 'clientId' in rest || 'requestId' in rest;
  return {
    method,
    path: query.size > 0 ? `${path}?${query}` : path,
    body: isRead ? undefined : JSON.stringify(rest),
    repeatable: isRead || method === 'PUT' || isKnownAgain,
  };
};

const wait = (clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', cancel);
      resolve();
    }, ms);
    const cancel = () => {
      clock.clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', cancel, { once: true });
  });

const NO_ANSWER = { ru: 'Нет ответа. Проверьте соединение', en: 'No answer. Check the connection' };

/** The error of what was not answered; `lost` when it may have happened all the same. */
export const noAnswer = (
  language: 'ru' | 'en',
  { lost, cause }: { readonly lost: boolean; readonly cause?: unknown },
): AistError<NetworkCode> =>
  new AistError({ code: 'no_answer', status: 0, message: NO_ANSWER[language], lost }, { cause });

/**
 * Reads the address of an API; in a page it may be relative.
 *
 * @throws {TypeError} when it is none
 */
const readAddress = (url: string): string => {
  const base = globalThis.location?.href;
  const address = URL.canParse(url, base) ? new URL(url, base) : undefined;
  if (address && /^https?:$/.test(address.protocol)) return address.href.replace(/\/$/, '');
  throw new TypeError(`createClient wants a url like https://api.example, not ${url || '""'}`);
};

/** Sends requests to the API, and repeats what may be repeated. */
export class Requester {
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #urls: readonly string[];
  /** The address that answered last: the first to be tried. */
  #at = 0;

  constructor(
    options: ClientOptions,
    { clock, log }: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#urls = [options.url].flat().map(readAddress);
  }

  /** The address that answered last. */
  get url(): string {
    return this.#urls[this.#at] ?? '';
  }

  /**
   * Sends a request.
   *
   * @throws {AistError} when it is refused, or no answer came
   */
  async send<Name extends EndpointName>(
    name: Name,
    token: string | undefined,
    [input, options]: readonly [Input<Name> | undefined, RequestOptions | undefined],
  ): Promise<Answer<Name>> {
    const prepared = prepare(name, input);
    for (let tried = 0; ; tried++) {
      try {
        return (await this.#sendOnce(prepared, token, options)) as Answer<Name>;
      } catch (error) {
        if (options?.signal?.aborted) throw options.signal.reason;
        const pause = this.#pauseAfter(error, prepared, tried);
        if (pause === undefined) throw error;
        this.#log('request.repeated', { name, tried });
        await wait(this.#clock, pause, options?.signal);
      }
    }
  }

  /** How long to wait before a request is repeated; undefined when it is not. */
  #pauseAfter(error: unknown, { repeatable }: Prepared, tried: number): number | undefined {
    const usual = PAUSES_MS[tried];
    if (!(error instanceof AistError) || !repeatable || usual === undefined) return undefined;
    if (error.status !== 0 && error.status !== 503) return undefined;
    const asked = error.retryAt === undefined ? 0 : error.retryAt - this.#clock.now();
    if (asked > LONGEST_PAUSE_MS) return undefined;
    return Math.max(asked, usual * (0.5 + Math.random()));
  }

  /** Tries each address once, beginning with the one that answered last. */
  async #sendOnce(
    prepared: Prepared,
    token: string | undefined,
    options: RequestOptions | undefined,
  ): Promise<unknown> {
    // What may not be sent twice is not sent to a second address either.
    const tries = prepared.repeatable ? this.#urls.length : 1;
    let failure: unknown;
    for (let n = 0, at = this.#at; n < tries; n++, at = (at + 1) % this.#urls.length) {
      // Requests at once move on together: none may lead another one back to what has failed.
      try {
        const answer = await this.#fetch(prepared, token, [`${this.#urls[at]}`, options]);
        this.#at = at;
        return answer;
      } catch (error) {
        if (!(error instanceof AistError) || error.status !== 0) throw error;
        failure = error;
        if (this.#at === at) this.#at = (at + 1) % this.#urls.length;
      }
    }
    throw failure;
  }

  async #fetch(
    { method, path, body, repeatable }: Prepared,
    token: string | undefined,
    [url, { signal, headers, keepalive = false } = {}]: readonly [
      url: string,
      options: RequestOptions | undefined,
    ],
  ): Promise<unknown> {
    const { fetch = globalThis.fetch, language = 'ru' } = this.#options;
    const timeout = new AbortController();
    const timer = this.#clock.setTimeout(() => timeout.abort(), TIMEOUT_MS);
    // Not every browser in use has AbortSignal.any.
    const cancel = () => timeout.abort(signal?.reason);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    try {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          'X-Language': language,
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body }),
        keepalive,
        signal: timeout.signal,
      });
      const json: unknown = await answer.json();
      if (answer.ok) return json;
      throw this.#refusal(answer.status, json);
    } catch (error) {
      if (error instanceof AistError || signal?.aborted) throw error;
      throw noAnswer(language, { lost: !repeatable, cause: error });
    } finally {
      this.#clock.clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }

  #refusal(status: number, json: unknown): AistError {
    const body = typeof json === 'object' && json !== null ? { ...json } : {};
    const { code, message, requestId, retryAfterSeconds } = body as Record<string, unknown>;
    return new AistError({
      code: (typeof code === 'string' ? code : 'internal') as ErrorCode,
      status,
      message: String(message ?? status),
      requestId: typeof requestId === 'string' ? requestId : undefined,
      retryAt:
        typeof retryAfterSeconds === 'number'
          ? this.#clock.now() + retryAfterSeconds * 1_000
          : undefined,
      body: body as Record<string, unknown>,
    });
  }
}
