import type { Rooms } from '../../party/wire/rooms.ts';
import { NO_ROOMS } from '../../party/wire/rooms.ts';
import { createApp } from '../../src/app.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import { createServices } from '../../src/services.ts';
import { freshAddress } from './fresh.ts';
import { noteSecrets } from './seen-secrets.ts';
import { stack } from './stack.ts';
import { UNDERWAY_PATH } from './underway.ts';

/** An answer of the API, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; `{}` when there is none. */
  readonly body: Record<string, unknown>;
}

/** What a request carries beyond its path. */
export interface RequestOptions {
  readonly body?: unknown;
  readonly token?: string;
  /**
   * The client's address, as Cloudflare would give it; one of its own for each request when absent.
   */
  readonly address?: string;
  readonly headers?: Record<string, string>;
}

/** The API as a client sees it. */
export interface Api {
  send(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  post(path: string, body?: unknown, options?: RequestOptions): Promise<Answer>;
}

const clientOf = (fetcher: (path: string, init: RequestInit) => Promise<Response>): Api => {
  const send = async (
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer> => {
    const { body, token, address = freshAddress(), headers } = options;
    const response = await fetcher(path, {
      method,
      headers: {
        'CF-Connecting-IP': address,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text !== '' && response.headers.get('content-type')?.includes('application/json');
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: json ? JSON.parse(text) : {},
    };
    noteSecrets(stack.secretsFile, answer.status, answer.body);
    return answer;
  };
  return { send, post: (path, body = {}, options) => send('POST', path, { body, ...options }) };
};

/** The running Worker, over HTTP. */
export const runningApi = (): Api => {
  const apiUrl = stack.apiUrl;
  return clientOf((path, init) => fetch(`${apiUrl}${path}`, init));
};

/**
 * The same app in this process, on the same stores, with settings and a clock of the test's own.
 */
export interface LocalApi extends Api {
  /** Waits until the work behind the answers is done. */
  settle(): Promise<void>;
}

/** The apps whose work behind answers may not be done yet. */
const unsettled = new Set<LocalApi>();

/** Waits until the work behind the answers of every app in this process is done. */
export const settleLocalApis = async (): Promise<void> => {
  await Promise.all([...unsettled].map((api) => api.settle()));
};

/** Waits until the work behind the answers of the running Worker is done. */
export const settleRunningApi = async (): Promise<void> => {
  while ((await (await fetch(`${stack.apiUrl}${UNDERWAY_PATH}`)).text()) !== '0') {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/**
 * Starts the app in this process.
 *
 * @param overrides settings in place of the stack's
 * @param now the clock
 * @param rooms none unless they are given: the running Worker's cannot be reached from here
 */
export const localApi = (
  overrides: Record<string, string> = {},
  now: () => number = Date.now,
  rooms: Rooms = NO_ROOMS,
): LocalApi => {
  const app = createApp(
    createServices(parseSettings({ ...stack.settings, ...overrides }), { now, rooms }),
  );
  const behind: Promise<unknown>[] = [];
  const context = {
    waitUntil: (work: Promise<unknown>) => {
      behind.push(work);
      unsettled.add(local);
    },
    passThroughOnException: () => undefined,
    props: {},
  };
  const local: LocalApi = {
    ...clientOf(async (path, init) => app.request(path, init, {}, context)),
    settle: async () => {
      unsettled.delete(local);
      await Promise.all(behind.splice(0));
    },
  };
  return local;
};

/** A clock that stands still until it is moved. */
export class TestClock {
  #now = Date.now();
  readonly now = (): number => this.#now;

  /** Moves on by so many seconds, to the millisecond. */
  advance(seconds: number): void {
    this.#now += Math.round(seconds * 1000);
  }
}
