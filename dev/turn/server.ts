import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as z from 'zod';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { serveOnLoopback } from '../telegram/node-http.ts';

/** The only TURN key of the stand-in. */
export interface TurnOptions {
  readonly keyId: string;
  readonly apiToken: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
}

/** A running stand-in. */
export interface TurnStandIn {
  /** The value for TURN_API_URL. */
  readonly url: string;
  close(): Promise<void>;
}

/** The body of `POST /_/fail`: how often (once), with what status, after how many milliseconds. */
const Fault = z.strictObject({
  times: z.int().min(1).default(1),
  status: z.int().min(400).max(599).optional(),
  hang: z.int().min(1).max(60_000).default(0),
});

const Wanted = z.object({ ttl: z.int().min(1).max(172_800) });

/**
 * Starts a stand-in for the API of Cloudflare's TURN on 127.0.0.1
 * (developers.cloudflare.com/realtime/turn/generate-credentials). It makes and revokes credentials
 * that lead to no server. Under `/_/` tests ask which are live, and make calls fail. All state is
 * in memory.
 */
export const startTurn = async ({ keyId, apiToken, port }: TurnOptions): Promise<TurnStandIn> => {
  /** The lifetime of each credential in seconds, by its name. */
  const live = new Map<string, number>();
  /** How many credentials were made in all. */
  let made = 0;
  let faults: z.output<typeof Fault>[] = [];

  const api = new Hono()
    .use(
      createMiddleware(async (c, next) => {
        const [fault] = faults;
        if (fault && --fault.times === 0) faults = faults.slice(1);
        if (fault) await sleep(fault.hang);
        if (fault?.status) return Response.json({ error: 'fault' }, { status: fault.status });
        if (c.req.header('Authorization') !== `Bearer ${apiToken}`)
          return c.json({ error: 'unauthorized' }, 401);
        return next();
      }),
    )
    .post('/generate-ice-servers', async (c) => {
      const wanted = Wanted.safeParse(await c.req.json().catch(() => undefined));
      if (!wanted.success) return c.json({ error: 'ttl' }, 400);
      const [username, credential] = [
        randomBytes(48).toString('hex'),
        randomBytes(48).toString('hex'),
      ];
      live.set(username, wanted.data.ttl);
      made += 1;
      const turn = {
        urls: ['turn:turn.example:3478?transport=udp', 'turns:turn.example:443?transport=tcp'],
      };
      return c.json(
        { iceServers: [{ urls: ['stun:stun.example:3478'] }, { ...turn, username, credential }] },
        201,
      );
    })
    .post('/:username/revoke', (c) =>
      c.body(null, live.delete(c.req.param('username')) ? 204 : 404),
    );

  const control = new Hono()
    .get('/credentials', (c) => c.json(Object.fromEntries(live)))
    .get('/made', (c) => c.json({ made }))
    .post('/fail', async (c) => {
      faults.push(Fault.parse(await c.req.json()));
      return c.body(null, 204);
    });

  const app = new Hono().route(`/v1/turn/keys/${keyId}/credentials`, api).route('/_', control);
  const server = createServer(serveOnLoopback(app.fetch));
  const listening = await listenOnLoopback(server, port);
  return { url: `http://127.0.0.1:${listening}`, close: () => closeServer(server) };
};
