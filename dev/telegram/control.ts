import { Hono } from 'hono';
import * as z from 'zod';
import type { CallLog } from './calls.ts';
import { streamChats } from './events.ts';
import type { Faults } from './faults.ts';
import { faultSchema } from './faults.ts';
import type { Bot } from './methods/index.ts';
import { phone } from './phone.ts';
import { readJson } from './read-json.ts';

const clearSchema = z.strictObject({ clear: z.literal(true) });

/** The parts that the control interface reads and steers. */
export interface Control {
  bot: Bot;
  faults: Faults;
  calls: CallLog;
}

/**
 * Serves the control interface under `/_/` for tests and the page, in JSON; `{error}` says what is
 * refused.
 *
 * - `GET /chats`, `GET /chats/:id` – the phones' chats; what a person can do in one: {@link phone}
 * - `GET /events` – Server-Sent Events, see {@link streamChats}
 * - `GET /calls` – the last calls of the Bot API
 * - `POST /fail` – see {@link faultSchema}; `{clear: true}` or `DELETE` ends all faults
 */
export const control = ({ bot, faults, calls }: Control): Hono => {
  const { chats } = bot;
  const app = new Hono();
  app.use(async (c, next) => {
    const origin = c.req.header('origin');
    const isForeign = origin !== undefined && origin !== new URL(c.req.url).origin;
    return isForeign && c.req.method !== 'GET' ? c.json({ error: 'foreign origin' }, 403) : next();
  });
  app.get('/chats', (c) => c.json(chats.list()));
  app.get('/chats/:id{[1-9]\\d{0,14}}', (c) => {
    const chat = chats.get(Number(c.req.param('id')));
    return chat ? c.json(chat) : c.json({ error: 'chat not found' }, 404);
  });
  app.route('/chats', phone(bot));
  app.get('/events', () => streamChats(chats));
  app.get('/calls', (c) => c.json(calls.list()));
  app.post('/fail', async (c) => {
    const body = await readJson(c.req.raw);
    if (clearSchema.safeParse(body).success) {
      faults.clear();
      return c.json({ ok: true });
    }
    const fault = faultSchema.safeParse(body);
    if (!fault.success) return c.json({ error: z.prettifyError(fault.error) }, 400);
    faults.add(fault.data);
    return c.json({ ok: true });
  });
  app.delete('/fail', (c) => {
    faults.clear();
    return c.json({ ok: true });
  });
  return app;
};
