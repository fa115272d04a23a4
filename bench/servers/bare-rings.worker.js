// @ts-nocheck This runs in workerd, whose types are not those of Node.
import { DurableObject } from 'cloudflare:workers';

/** A room that keeps what it is told, and tells the devices that wait in it. */
export class BareInbox extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  ring(call) {
    this.ctx.storage.put('kept', call);
    for (const device of this.ctx.getWebSockets()) device.send(JSON.stringify({ type: 'ring' }));
  }
}

/** The room of a call: it keeps the call, and rings at its users one after the other. */
export class BareCall extends DurableObject {
  async create(call, users) {
    this.ctx.storage.put('kept', call);
    for (const user of users) await this.env.INBOX.getByName(user).ring(call);
  }
}

const askStores = async (env) => {
  const redis = { authorization: `Bearer ${env.UPSTASH_REDIS_REST_TOKEN}` };
  const asked = { method: 'POST', headers: redis, body: '["PING"]' };
  await (await fetch(env.UPSTASH_REDIS_REST_URL, asked)).json();
  const headers = { 'neon-connection-string': env.DATABASE_URL };
  const statement = { method: 'POST', headers, body: '{"query":"select 1","params":[]}' };
  await (await fetch(env.DATABASE_ENDPOINT, statement)).json();
};

/**
 * A Worker without any code of ours that makes a call as ours does: it asks Redis, then Postgres,
 * and has three rooms wake one after the other.
 */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (request.headers.get('Upgrade') === 'websocket') {
      const { webSocket } = await env.INBOX.getByName(pathname).fetch(request);
      return new Response(null, { status: 101, webSocket });
    }
    if (request.method !== 'POST') return new Response(null);
    const { users, offer } = await request.json();
    await askStores(env);
    await env.CALL.getByName(crypto.randomUUID()).create({ users, offer }, users);
    return Response.json({ ok: true });
  },
};
