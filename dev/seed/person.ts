import * as z from 'zod';
import type { Character } from './story.ts';

/** How long a frame of a room is waited for, in milliseconds. */
const FRAME_MS = 10_000;

const Token = z.object({ token: z.string() });
const Asked = z.object({ debugCode: z.string().optional() });
const Problem = z.object({ message: z.string() });
const Profile = z.object({ userId: z.string() });
const Ticket = z.object({ ticket: z.string(), url: z.string() });

const readJson = async (answer: Response): Promise<unknown> => {
  const body: unknown = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  const { data } = Problem.safeParse(body);
  const path = new URL(answer.url).pathname;
  throw new Error(`${path} answered ${answer.status}: ${data?.message ?? 'without a message'}`);
};

const post = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-Language': 'en', ...headers },
  body: JSON.stringify(body),
});

/** A person of the example data who is signed in. */
export class Person {
  readonly userId: string;
  readonly #api: string;
  readonly #token: string;

  private constructor(api: string, token: string, userId: string) {
    this.#api = api;
    this.#token = token;
    this.userId = userId;
  }

  /** Signs somebody in with the code that a local stack answers, and names them. */
  static async signIn(api: string, { phone, username, displayName }: Character): Promise<Person> {
    const asked = await fetch(`${api}/api/auth/request-code`, post({ phone })).then(readJson);
    const { debugCode: code } = Asked.parse(asked);
    if (code === undefined)
      throw new Error('The answer has no code: example data is for npm start alone.');
    const verified = await fetch(`${api}/api/auth/verify-code`, post({ phone, code }));
    const { token } = Token.parse(await readJson(verified));
    const headers = { Authorization: `Bearer ${token}` };
    const profile = { ...post({ username, displayName }, headers), method: 'PATCH' };
    await fetch(`${api}/api/profile`, profile).then(readJson);
    const own = await fetch(`${api}/api/profile`, { headers }).then(readJson);
    return new Person(api, token, Profile.parse(own).userId);
  }

  /** Asks the API; throws with its message when it refuses. */
  async ask<Answer>(path: string, answer: z.ZodType<Answer>, body?: object): Promise<Answer> {
    const headers = { Authorization: `Bearer ${this.#token}` };
    const init = body ? post(body, headers) : { headers };
    return answer.parse(await fetch(`${this.#api}${path}`, init).then(readJson));
  }

  /** Joins the room of a call, and waits until it says welcome. */
  async join(callId: string): Promise<WebSocket> {
    const { ticket, url } = await this.ask(`/api/calls/${callId}/ticket`, Ticket, {});
    const socket = new WebSocket(`${this.#api.replace(/^http/, 'ws')}${url}?ticket=${ticket}`);
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', version: 1 }));
    await waitForFrame(socket, (frame) => frame.type === 'welcome');
    return socket;
  }
}

const Frame = z.looseObject({ type: z.string() });

/** Waits for a frame of a room. */
export const waitForFrame = (
  socket: WebSocket,
  isMeant: (frame: z.output<typeof Frame>) => boolean,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`A call room ${why}.`));
    const timer = setTimeout(fail, FRAME_MS, 'did not say what was expected');
    socket.addEventListener('close', ({ code }) => fail(`closed with ${code}`));
    socket.addEventListener('message', ({ data }) => {
      if (!isMeant(Frame.parse(JSON.parse(String(data))))) return;
      clearTimeout(timer);
      resolve();
    });
  });
