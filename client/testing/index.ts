import { memoryStorage, systemClock } from '../src/options.ts';
import { TOKEN_KEY } from '../src/session.ts';
import type { CreateTestServer } from '../src/testing/types.ts';
import { createTestApi } from './api.ts';
import type { TestContext } from './context.ts';
import { hearRoom } from './from-rooms.ts';
import { CallHistory } from './history.ts';
import { Lines } from './lines.ts';
import { People } from './people.ts';
import { MemoryRooms } from './rooms.ts';
import type { SentCodes } from './sign-in-routes.ts';
import { findCode } from './sign-in-routes.ts';
import { createSocketClass } from './socket.ts';

export { createTestClock } from './clock.ts';

/** Where the test server says that it is (RFC 6761: nothing can be there). */
const URL_OF_SERVER = 'http://aist.test';

/** Rejects when a request is given up; the signal may be one of another implementation. */
const whenAborted = (signal: AbortSignal | null | undefined): Promise<never> | undefined =>
  signal
    ? new Promise((_, reject) => {
        const abort = () => reject(signal.reason);
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
      })
    : undefined;

/** Creates a server in memory: the machines of the rooms, and the routes that clients need. */
export const createTestServer: CreateTestServer = ({ clock = systemClock } = {}) => {
  const people = new People(clock);
  const history = new CallHistory(people);
  const rooms = new MemoryRooms({ clock }, async (said) => hearRoom({ people, history }, said));
  const context: TestContext = { clock, people, history, rooms, tickets: new Map() };
  const codes: SentCodes = new Map();
  const answer = createTestApi(context, codes);
  const lines = new Lines(context);

  const userOf = (request: Request): string | undefined => {
    const token = (request.headers.get('Authorization') ?? '').replace(/^Bearer +/i, '');
    return people.sessionOf(token)?.userId;
  };

  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { signal, ...rest } = init ?? {};
    const request = new Request(input, rest);
    const failure = new TypeError('fetch failed');
    if (lines.isCut(userOf(request))) throw failure;
    const aborted = whenAborted(signal);
    // Nobody need wait for it once there is an answer.
    aborted?.catch(() => undefined);
    const answered = answer(request);
    const response = await (aborted ? Promise.race([answered, aborted]) : answered);
    if (lines.isCut(userOf(request))) throw failure;
    return response;
  };

  return {
    url: URL_OF_SERVER,
    fetch,
    WebSocket: createSocketClass((url, end) => lines.open(url, end)),
    clock,
    signIn: async (name) => {
      const user = people.withName(name);
      const { token, userId } = people.signIn(user, 'code');
      const storage = memoryStorage();
      await storage.set(TOKEN_KEY, token);
      return { storage, userId, username: user.username };
    },
    code: (phone) => findCode(codes, { phone, now: clock.now() }),
    restartRoom: (call) => rooms.at('call', call).restart(),
    cut: (userId) => lines.cut(userId),
    mend: (userId) => lines.mend(userId),
    dispose: () => {
      lines.dispose();
      rooms.dispose();
    },
  };
};
