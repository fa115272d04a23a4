import type { Context } from 'hono';
import type { Device } from '../../contract/http/sessions.ts';
import type { Log } from '../log.ts';
import { reasonOf } from '../log.ts';
import { clientAddress } from './address.ts';
import type { AppEnv } from './context.ts';
import { deviceOf } from './device.ts';

/** Who sent a request. */
export interface Client {
  /** UUID of the request, which names this very try. */
  readonly requestId: string;
  /** What limits count for, see `clientAddress`. */
  readonly address: string;
  readonly device: Device;
}

/** What a step of a request works with beside the services. */
export interface RequestContext {
  /** The log whose lines carry the request's id. */
  readonly log: Log;
  readonly client: Client;
  /** The time in milliseconds since 1970. */
  now(): number;
  /**
   * Does work behind the answer: nothing of it can be told from the answer or its time.
   *
   * @param event the name under which a failure of the work is logged
   */
  defer(event: string, work: () => Promise<unknown>): void;
}

/** The context of a request. Its device is parsed when it is asked for. */
export const requestContextOf = (c: Context<AppEnv>, now: () => number): RequestContext => {
  const log = c.get('log');
  let device: Device | undefined;
  const client: Client = {
    requestId: c.get('requestId'),
    address: clientAddress(c),
    get device() {
      device ??= deviceOf(c);
      return device;
    },
  };
  const runBehindAnswer = async (event: string, work: () => Promise<unknown>) => {
    // Yields, so that the response is sent before this work starts.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      await work();
    } catch (error) {
      log.error(event, { reason: reasonOf(error) });
    }
  };
  return {
    log,
    client,
    now,
    defer: (event, work) => c.executionCtx.waitUntil(runBehindAnswer(event, work)),
  };
};
