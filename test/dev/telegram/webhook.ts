import { createServer } from 'node:http';
import type { Update } from 'grammy/types';
import { onTestFinished } from 'vitest';
import { closeServer, listenOnLoopback, readBody } from '../../../dev/loopback.ts';

/** What a webhook got with one request. */
export interface Delivery {
  readonly secret: string | undefined;
  readonly update: Update;
}

/**
 * A bot's webhook that lives as long as the test and notes what it gets.
 *
 * @param answer the status of each answer; may take its time
 */
export async function startWebhook(
  answer: (delivery: Delivery, count: number) => number | Promise<number>,
) {
  const deliveries: Delivery[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const update = JSON.parse(String(await readBody(incoming, 1e6)));
    const secret = incoming.headersDistinct['x-telegram-bot-api-secret-token']?.[0];
    const delivery = { secret, update };
    deliveries.push(delivery);
    outgoing.writeHead(await answer(delivery, deliveries.length)).end();
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => closeServer(server));
  return { url: `http://127.0.0.1:${port}/hook`, deliveries };
}
