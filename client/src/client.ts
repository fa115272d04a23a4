import { ENDPOINTS } from './contract.ts';
import type { EndpointName, ErrorCode, NetworkCode } from './error.ts';
import { AistError } from './error.ts';
import { callListener } from './listener.ts';
import type { ClientOptions, Clock, Log, SessionStorage } from './options.ts';
import { browserStorage, steadyClock, systemClock } from './options.ts';
import type { Answer, RequestArguments } from './request.ts';
import { Requester } from './request.ts';
import type { SessionState } from './session.ts';
import { SessionKeeper } from './session.ts';
import type { Store } from './store.ts';

/** How a request went: its answer, or the typed error. */
export type Attempt<Name extends EndpointName> =
  | { readonly ok: true; readonly answer: Answer<Name> }
  | { readonly ok: false; readonly error: AistError<ErrorCode<Name> | NetworkCode> };

/** The API, and who is signed in to it here. */
export interface Client {
  /** Whether somebody is signed in: the same in all tabs. */
  readonly session: Store<SessionState>;
  /** The time that everything here is planned by: it is never set back. */
  readonly clock: Clock;
  /** What sockets are opened with; undefined where the platform has none. */
  readonly WebSocket: typeof globalThis.WebSocket | undefined;
  readonly log: Log;
  /** What is kept in this browser, for all that the client does. */
  readonly storage: SessionStorage;
  /** The language of messages. */
  readonly language: 'ru' | 'en';
  /** The address that answered last. */
  readonly url: string;
  /**
   * Sends a request, with the token where the endpoint wants one. What reads, or what the server
   * knows again, is repeated when no answer comes.
   *
   * @throws {AistError} when it is refused, or no answer came
   */
  request<Name extends EndpointName>(...request: RequestArguments<Name>): Promise<Answer<Name>>;
  /** Like {@link request}, but a refusal is an answer: its codes are those of the endpoint. */
  attempt<Name extends EndpointName>(...request: RequestArguments<Name>): Promise<Attempt<Name>>;
  /**
   * Keeps the token of a sign-in.
   *
   * @throws {TypeError} when it is no token
   */
  signIn(token: string): Promise<void>;
  /** Ends the session: here at once, and on the server as soon as that can be reached. */
  signOut(): Promise<void>;
  /** Ends everything that this client does by itself. */
  dispose(): void;
}

/** How long to wait before the server is told again that a session is over, in milliseconds. */
const LEAVE_AGAIN_MS = 30_000;

/**
 * Creates a client.
 *
 * @example
 * const client = createClient({ url: 'https://api.example' });
 * const profile = await client.request('getProfile');
 *
 * @throws {TypeError} when `url` is no address of an API
 */
export const createClient = (options: ClientOptions): Client => {
  const ownClock = options.clock ?? systemClock;
  const clock = steadyClock(ownClock);
  const storage = options.storage ?? browserStorage();
  const log: Log = (event, details) => callListener(() => options.log?.(event, details));
  const keeper = new SessionKeeper(storage, { now: () => ownClock.now(), log });
  const requester = new Requester(options, { clock, log });
  let isDisposed = false;
  let leaving: unknown;

  const request = async <Name extends EndpointName>(
    ...[name, input, more]: RequestArguments<Name>
  ): Promise<Answer<Name>> => {
    const [, , wantsToken] = ENDPOINTS[name];
    const token = wantsToken ? await keeper.token() : undefined;
    try {
      return await requester.send(name, token, [input, more]);
    } catch (error) {
      const isOver = error instanceof AistError && error.code === 'invalid_token';
      if (isOver && token !== undefined) await keeper.signOut('revoked', token);
      throw error;
    }
  };

  /** Tells the server that a session is over; it may be on its way when the page is left. */
  const leave = async (token: string): Promise<void> => {
    try {
      await requester.send('logout', token, [undefined, { keepalive: true }]);
    } catch (error) {
      const { status = 0 } = error as Partial<AistError>;
      if (isDisposed || (status > 0 && status < 500)) return;
      leaving = clock.setTimeout(() => void leave(token), LEAVE_AGAIN_MS);
    }
  };

  return {
    session: keeper.state,
    clock,
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    log,
    storage,
    language: options.language ?? 'ru',
    get url() {
      return requester.url;
    },
    request,
    attempt: async (...given) => {
      try {
        return { ok: true, answer: await request(...given) };
      } catch (error) {
        if (!(error instanceof AistError)) throw error;
        return { ok: false, error };
      }
    },
    signIn: (token) => keeper.signIn(token),
    signOut: async () => {
      const token = await keeper.token();
      // The person leaves this device, whether the server hears of it or not.
      await keeper.signOut('signed_out', token);
      if (token !== undefined) void leave(token);
    },
    dispose: () => {
      isDisposed = true;
      clock.clearTimeout(leaving);
      keeper.dispose();
    },
  };
};
