import { createServer } from 'node:http';
import { Hono } from 'hono';
import { botInfo } from '../../src/bot/about.ts';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { botApi } from './bot-api.ts';
import { ButtonPresses } from './button-presses.ts';
import { CallLog } from './calls.ts';
import { Chats } from './chats.ts';
import { control } from './control.ts';
import { Faults } from './faults.ts';
import { keepChats } from './kept.ts';
import type { Bot } from './methods/index.ts';
import { serveOnLoopback } from './node-http.ts';
import { servePagePart, servePhonePage } from './page.ts';
import { refuse } from './reply.ts';
import { Updates } from './updates.ts';

/** How to start the stand-in. */
export interface TelegramOptions {
  /** The only bot token that is accepted, in BotFather's form: `<bot id>:<secret>`. */
  token: string;
  /** 0, the default, takes a free port. */
  port?: number;
  /** Where the local API listens, for the commands that the page shows to a newcomer. */
  apiUrl: string;
  /** The file that keeps the chats for the next time; without it they are in memory alone. */
  file?: string;
}

/** A running stand-in. */
export interface TelegramStandIn {
  /**
   * The origin without a slash at its end: grammY's `apiRoot`, and in a browser the chats' page.
   */
  url: string;
  port: number;
  /** Ends the server and every open connection, hanging calls and event streams included. */
  close(): Promise<void>;
}

/**
 * Starts a stand-in for the Telegram Bot API on 127.0.0.1: the API itself under `/bot<token>/`, a
 * page at `/` that shows the chats as a phone does and lets people answer, and a control interface
 * for tests under `/_/`. What a person does there goes to the bot's webhook, if that is on this
 * machine. The chats can be kept in a file; everything else is in memory. Rejects where the port is
 * taken.
 *
 * @example
 * const telegram = await startTelegram({ token: '1000:dev', apiUrl: 'http://127.0.0.1:8787' });
 * await new Api('1000:dev', { apiRoot: telegram.url }).sendMessage(1001, 'Ваш код: 123456');
 */
export const startTelegram = async (options: TelegramOptions): Promise<TelegramStandIn> => {
  const { token, port, apiUrl, file } = options;
  const bot = createBot(token);
  const keep = file === undefined ? undefined : keepChats(bot.chats, file);
  const faults = new Faults();
  const calls = new CallLog();
  const app = new Hono()
    .get('/', () => servePhonePage(apiUrl))
    .get('/page/:part', async (c) => (await servePagePart(c.req.param('part'))) ?? c.notFound())
    .route('/_', control({ bot, faults, calls }))
    .route('/', botApi({ token, bot, faults, calls, clock: Date.now }))
    .notFound((c) => c.json(refuse(404, 'Not Found'), 404));
  const server = createServer(serveOnLoopback(app.fetch));
  const listening = await listenOnLoopback(server, port);
  const close = async () => {
    bot.updates.close();
    await closeServer(server);
    keep?.();
  };
  return { url: `http://127.0.0.1:${listening}`, port: listening, close };
};

const createBot = (token: string): Bot => {
  const me = { ...botInfo(token), username: 'aist_local_bot' };
  const { id, is_bot, first_name, username } = me;
  return {
    me,
    chats: new Chats({ id, is_bot, first_name, username }, Date.now),
    updates: new Updates(Date.now),
    buttonPresses: new ButtonPresses(),
    commands: new Map(),
    descriptions: new Map(),
  };
};
