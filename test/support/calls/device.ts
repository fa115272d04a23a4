import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { CallServerFrame } from '../../../src/contract/sockets/call.ts';
import { InboxServerFrame } from '../../../src/contract/sockets/inbox.ts';
import type { Answer, Api } from '../client.ts';
import { runningApi } from '../client.ts';
import { stack } from '../stack.ts';
import { legacyToken } from '../tokens.ts';
import type { Line } from './listener.ts';
import { openLine } from './listener.ts';
import type { User } from './people.ts';
import { newUser } from './people.ts';
import { RefusedUpgrade } from './web-socket.ts';

/** Frames to legacy clients. */
export const LegacyFrame = z.union([
  z.object({
    event: z.enum(['call:offer', 'call:answer', 'call:ice', 'call:hangup']),
    payload: z.unknown().optional(),
  }),
  z.strictObject({ type: z.literal('pong') }),
  z.strictObject({
    type: z.literal('new_message'),
    chatId: z.string(),
    message: z.strictObject({
      id: z.string(),
      fromMe: z.boolean(),
      text: z.string(),
      time: z.iso.datetime(),
      attachment: z.strictObject({ type: z.string(), url: z.string() }).optional(),
    }),
  }),
]);

/** A connection to a `call` room. */
export type CallLine = Line<CallServerFrame>;

/** A connection to an inbox. */
export type InboxLine = Line<InboxServerFrame>;

/** A connection of a legacy client. */
export type LegacyLine = Line<z.output<typeof LegacyFrame>>;

/** What lets a device into a room. */
export interface Ticket {
  readonly ticket: string;
  readonly url: string;
}

/** A call as POST /api/calls answers it. */
export interface Started extends Ticket {
  readonly callId: string;
  readonly state: 'ringing' | 'ended';
  readonly role: 'caller' | 'callee';
  readonly reason?: string;
}

const TicketBody = z.object({ ticket: z.string(), url: z.string() });
const StartedBody = TicketBody.extend({
  callId: z.string(),
  state: z.enum(['ringing', 'ended']),
  role: z.enum(['caller', 'callee']),
  reason: z.string().exactOptional(),
});

/**
 * How many requests of this process may be under way at once. Embedded stores share the process
 * that compiles the tests, and are too slow for more.
 */
export const AT_ONCE = 6;
const asking = new Set<Promise<unknown>>();

/** Tries up to three times while the stores are too slow, which other tests look at. */
const patiently = async <Result>(
  attempt: () => Promise<Result>,
  isTooSoon: (result: Result) => boolean,
) => {
  for (let left = 2; ; left--) {
    const result = await attempt();
    if (left === 0 || !isTooSoon(result)) return result;
    await sleep(1_000);
  }
};

/** A device of a user, with a session of its own. */
export class Device {
  readonly user: User;
  readonly token: string;
  readonly #api: Api = runningApi();

  constructor(user: User, token: string) {
    this.user = user;
    this.token = token;
  }

  /** Asks the API as this device; once more when it says that it is not available. */
  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    while (asking.size >= AT_ONCE) await Promise.race(asking);
    const ask = () =>
      this.#api.send(method, path, { token: this.token, ...(body !== undefined && { body }) });
    const answer = patiently(ask, ({ status }) => status === 503);
    const settled = answer.catch(() => undefined).finally(() => asking.delete(settled));
    asking.add(settled);
    return answer;
  }

  /** Opens the inbox and says hello, with how far the device has read its feed if it says so. */
  async inbox(since?: number): Promise<InboxLine> {
    const line = await this.enter(await this.inboxTicket(), InboxServerFrame);
    line.say({ type: 'hello', version: 1, ...(since !== undefined && { since }) });
    await line.next({ type: 'welcome' });
    return line;
  }

  async inboxTicket(): Promise<Ticket> {
    return TicketBody.parse((await this.#expect(200, 'POST', '/api/calls/inbox')).body);
  }

  /** Calls somebody. */
  async call(
    to: User | readonly User[],
    more: { video?: boolean; offer?: string } = {},
  ): Promise<Started> {
    const ids = 'id' in to ? to.id : to.map(({ id }) => id);
    return StartedBody.parse(
      (await this.#expect(201, 'POST', '/api/calls', { to: ids, ...more })).body,
    );
  }

  async callTicket(callId: string): Promise<Ticket> {
    return TicketBody.parse((await this.#expect(200, 'POST', `/api/calls/${callId}/ticket`)).body);
  }

  /** Joins the room of a call without a hello. */
  async knock(call: string | Ticket): Promise<CallLine> {
    return this.enter(
      typeof call === 'string' ? await this.callTicket(call) : call,
      CallServerFrame,
    );
  }

  /** Joins the room of a call and says hello; the first frame is the welcome. */
  async join(call: string | Ticket, resume?: object): Promise<CallLine> {
    const line = await this.knock(call);
    line.say({ type: 'hello', version: 1, ...(resume && { resume }) });
    await line.next({ type: 'welcome' });
    return line;
  }

  /** Calls somebody and joins the room. */
  async dial(
    to: User | readonly User[],
    more?: { video?: boolean; offer?: string },
  ): Promise<Dialled> {
    const started = await this.call(to, more);
    return { ...started, line: await this.join(started) };
  }

  /** Joins a call that rings, and takes it. */
  async accept(call: string): Promise<CallLine> {
    const line = await this.join(call);
    line.say({ type: 'accept' });
    await line.next({ type: 'state', state: 'accepted' });
    return line;
  }

  /** Opens a WebSocket with a ticket. */
  enter<Frame extends object>(
    { url, ticket }: Ticket,
    schema: z.ZodType<Frame>,
    onFrame?: (frame: Frame) => void,
  ): Promise<Line<Frame>> {
    return openLine(`${stack.apiUrl}${url}?ticket=${ticket}`, schema, onFrame);
  }

  async #expect(status: number, method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.send(method, path, body);
    if (answer.status === status) return answer;
    throw new Error(
      [`${method} ${path}: ${answer.text}`, ...(await linesAbout(answer))].join('\n'),
    );
  }
}

/** Reads what the Worker logged about a request; the lines come a moment later. */
const linesAbout = async ({ body }: Answer): Promise<string[]> => {
  await sleep(500);
  const lines = readFileSync(stack.logFile, 'utf8').split('\n');
  return lines.filter((line) => line.includes(String(body.requestId)));
};

/** A call, with the caller in its room. */
export interface Dialled extends Started {
  readonly line: CallLine;
}

/** When the last token was issued, in seconds since 1970. */
let lastIssued = Math.floor(Date.now() / 1000);

/** Makes a further device of a user, with a legacy token of its own. */
export const deviceOf = async (user: User): Promise<Device> =>
  new Device(user, await legacyToken(user.id, { issuedAt: --lastIssued }));

/** A device of somebody new. */
export const newDevice = async (): Promise<Device> => deviceOf(await newUser());

/** Opens a socket as legacy clients do, for somebody with this token. */
export const openLegacy = async (token: string): Promise<LegacyLine> => {
  const open = () =>
    openLine(`${stack.apiUrl}/ws?token=${token}`, LegacyFrame).catch((error: Error) => error);
  const line = await patiently(
    open,
    (result) => result instanceof RefusedUpgrade && result.status === 503,
  );
  if (line instanceof Error) throw line;
  return line;
};

/** A socket of a legacy client. */
export const legacyClient = async (user: User): Promise<LegacyLine> =>
  openLegacy((await deviceOf(user)).token);
