import { setTimeout as delay } from 'node:timers/promises';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { CallLog } from './calls.ts';
import type { Fault, Faults } from './faults.ts';
import { refusalFor } from './faults.ts';
import type { Bot } from './methods/index.ts';
import { callMethod } from './methods/index.ts';
import type { Params } from './params.ts';
import { integer, readParams } from './params.ts';
import type { Reply } from './reply.ts';
import { badRequest, refuse } from './reply.ts';

/** The parts that the Bot API side of the stand-in works with. */
export interface BotApi {
  token: string;
  bot: Bot;
  faults: Faults;
  calls: CallLog;
  clock: () => number;
}

const GARBAGE = '<html><head><title>Bad Gateway</title></head><body>nginx</body></html>';

/**
 * Serves the Bot API over HTTP: `GET` and `POST /bot<token>/<method>`
 * (https://core.telegram.org/bots/api#making-requests).
 */
export const botApi = ({ token, bot, faults, calls, clock }: BotApi): Hono => {
  return new Hono().on(['GET', 'POST'], '/:bot{bot[^/]+}/:method', async (c) => {
    const { bot: segment, method } = c.req.param();
    const params = await readParams(c.req.raw);
    const chatId = params && integer(params, 'chat_id');
    const isKnown = segment === `bot${token}`;
    const fault = isKnown ? faults.take(method, chatId) : undefined;
    const reply = isKnown ? replyTo(bot, { method, params }, fault) : refuse(401, 'Unauthorized');
    const status = (
      fault?.garbage ? (fault.status ?? 200) : reply.ok ? 200 : reply.error_code
    ) as ContentfulStatusCode;
    calls.add({
      method: method.slice(0, 64),
      ...(chatId !== undefined && { chatId }),
      status,
      at: clock(),
    });
    if (fault?.hang) await hang(fault.hang, c.req.raw.signal);
    return fault?.garbage ? c.html(GARBAGE, status) : c.json(reply, status);
  });
};

/** A call of a method, whose parameters are undefined where they could not be read. */
interface Call {
  readonly method: string;
  readonly params: Params | undefined;
}

const replyTo = (bot: Bot, { method, params }: Call, fault: Fault | undefined): Reply => {
  if (fault?.status || fault?.garbage) return refusalFor(fault.status ?? 502, fault.retryAfter);
  return params ? callMethod(bot, method, params) : badRequest("can't parse request body");
};

/** Waits, but not after the caller has gone: no timer may outlive the server. */
const hang = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
};
