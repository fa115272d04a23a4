import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import * as z from 'zod';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { serveOnLoopback } from '../telegram/node-http.ts';
import { isAuthorized } from './authorization.ts';

/** A running stand-in. */
export interface PushStandIn {
  /** Its origin: one of `PUSH_SERVICES`. */
  readonly url: string;
  close(): Promise<void>;
}

/** A push as it was posted: the stand-in decrypts nothing. */
export interface PostedPush {
  readonly ttl: number;
  readonly urgency: string;
  readonly topic: string;
  /** The encrypted payload, in base64. */
  readonly body: string;
}

/** What is answered in place of 201: how often, with what status, after how many milliseconds. */
const Fault = z.strictObject({
  times: z.int().min(1).default(1),
  status: z.int().min(300).max(599).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  hang: z.int().min(1).max(60_000).default(0),
});

/** A browser's subscription. */
interface Subscription {
  /** The key of the server that may push to it. */
  readonly publicKey: string;
  readonly pushes: PostedPush[];
  readonly faults: z.output<typeof Fault>[];
  isGone: boolean;
}

/** The longest body, in bytes: more than a push service has to take (RFC 8030 §7.2). */
const BODY_LIMIT = 4_096;

/** What a push service asks of the headers of a push (RFC 8030 §5, RFC 8188). */
const Headers = z.object({
  ttl: z.string().regex(/^\d+$/).transform(Number),
  urgency: z.enum(['very-low', 'low', 'normal', 'high']).default('normal'),
  topic: z
    .string()
    .regex(/^[\w-]{1,32}$/)
    .default(''),
  'content-encoding': z.literal('aes128gcm'),
});

/**
 * Starts a stand-in for a push service on 127.0.0.1 (RFC 8030). It keeps what is posted to it, and
 * delivers nothing. Under `/_/` a browser's part is done:
 *
 * - `POST subscriptions {publicKey}` – subscribes, and answers the `endpoint`
 * - `GET subscriptions/:id` – what was posted to it, in order
 * - `DELETE subscriptions/:id` – unsubscribes: it is gone from then on
 * - `POST subscriptions/:id/fail` – see {@link Fault}
 *
 * All state is in memory.
 *
 * @param port 0, the default, takes a free one
 */
export const startPush = async (port?: number): Promise<PushStandIn> => {
  const subscriptions = new Map<string, Subscription>();

  const service = new Hono().post('/:id', async (c) => {
    const subscription = subscriptions.get(c.req.param('id'));
    if (!subscription) return c.body(null, 404);
    const { faults, publicKey, pushes } = subscription;
    const [fault] = faults;
    if (fault) {
      fault.times -= 1;
      if (fault.times === 0) faults.shift();
      const { signal } = c.req.raw;
      await sleep(fault.hang, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return c.body(null, 503);
      if (fault.status) return new Response('fault', fault as ResponseInit);
    }
    if (subscription.isGone) return c.body(null, 410);
    const { data: headers } = Headers.safeParse(c.req.header());
    if (!headers) return c.text('Bad headers', 400);
    const audience = new URL(c.req.url).origin;
    if (!(await isAuthorized(c.req.header('Authorization'), { audience, publicKey })))
      return c.text('Not authorized', 403);
    const body = Buffer.from(await c.req.arrayBuffer());
    if (body.length > BODY_LIMIT) return c.text('Too long', 413);
    const { ttl, urgency, topic } = headers;
    pushes.push({ ttl, urgency, topic, body: body.toString('base64') });
    return c.body(null, 201);
  });

  const control = new Hono()
    .post('/', async (c) => {
      const { publicKey } = z.object({ publicKey: z.string() }).parse(await c.req.json());
      const id = randomBytes(16).toString('hex');
      subscriptions.set(id, { publicKey, pushes: [], faults: [], isGone: false });
      return c.json({ endpoint: `${new URL(c.req.url).origin}/push/${id}` });
    })
    .get('/:id', (c) => {
      const subscription = subscriptions.get(c.req.param('id'));
      return subscription ? c.json(subscription.pushes) : c.notFound();
    })
    .delete('/:id', (c) => {
      const subscription = subscriptions.get(c.req.param('id'));
      if (subscription) subscription.isGone = true;
      return c.body(null, 204);
    })
    .post('/:id/fail', async (c) => {
      const fault = Fault.parse(await c.req.json());
      subscriptions.get(c.req.param('id'))?.faults.push(fault);
      return c.body(null, 204);
    });

  const app = new Hono().route('/push', service).route('/_/subscriptions', control);
  const server = createServer(serveOnLoopback(app.fetch));
  const listening = await listenOnLoopback(server, port);
  return { url: `http://127.0.0.1:${listening}`, close: () => closeServer(server) };
};
