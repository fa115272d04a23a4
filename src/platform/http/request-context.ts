import type { Context } from 'hono';
import type { Device } from '../../contract/http/sessions.ts';
import type { Log } from '../log.ts';
import { reasonOf } from '../log.ts';
import type { LogEvent } from '../log-events.ts';
import { addressOf } from './address.ts';
import type { AppEnv } from './context.ts';
import { deviceOf } from './device.ts';

/** Who sent a request. */
export interface Client {
  /** The UUID of the request. */
  readonly requestId: string;
  /** The address that limits count for, see `addressOf`. */
  readonly address: string;
  readonly device: Device;
}

/** What all logic of a request takes first, before the services. */
export interface RequestContext {
  /** The log whose lines carry the request's id. */
  readonly log: Log;
  readonly client: Client;
  /** The time in milliseconds since 1970. */
  now(): number;
  /**
   * Does work after the response is sent, so that neither the answer nor its time tells of it.
   *
   * @param event the name under which a failure of the work is logged
   */
  defer(event: LogEvent<'error'>, work: () => Promise<unknown>): void;
}

/** Creates the context of a request. The device is parsed when somebody first asks for it. */
export const requestContextOf = (c: Context<AppEnv>, now: () => number): RequestContext => {
  const log = c.get('log');
  let device: Device | undefined;
  const client: Client = {
    requestId: c.get('requestId'),
    address: addressOf(c),
    get device() {
      device ??= deviceOf(c);
      return device;
    },
  };
  const runBehindAnswer = async (event: LogEvent<'error'>, work: () => Promise<unknown>) => {
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
