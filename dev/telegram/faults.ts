import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import type { Reply } from './reply.ts';
import { badRequest, refuse } from './reply.ts';

/**
 * The body of `POST /_/fail`: which calls go wrong (all, or those of one chat or method), how often
 * (once), and how. `hang` (milliseconds) delays the answer and combines with the rest; alone it
 * lets the call take effect, so that a caller who gives up and tries again sends twice.
 * `retryAfter` (seconds) belongs to 429. `garbage` answers HTML, with `status` or 200.
 */
export const faultSchema = z
  .strictObject({
    chatId: z.int().optional(),
    method: z.string().optional(),
    times: z.int().min(1).default(1),
    status: z.int().min(400).max(599).optional(),
    retryAfter: z.int().min(1).default(1),
    hang: z.int().min(1).max(600_000).optional(),
    garbage: z.literal(true).optional(),
  })
  .refine(
    ({ status, hang, garbage }) => status || hang || garbage,
    'one of status, hang, garbage is needed',
  );

/** One parsed fault. */
export type Fault = z.infer<typeof faultSchema>;

/** The faults that are still to happen, the oldest first. */
export class Faults {
  #pending: Fault[] = [];

  /** Lets the next `times` matching calls fail. */
  add(fault: Fault): void {
    this.#pending.push({ ...fault });
  }

  /** Drops all faults. */
  clear(): void {
    this.#pending = [];
  }

  /** Takes the fault that a call meets, if any, and counts it down. */
  take(method: string, chatId: number | undefined): Fault | undefined {
    const fault = this.#pending.find(
      (candidate) =>
        (candidate.chatId === undefined || candidate.chatId === chatId) &&
        (candidate.method === undefined || candidate.method.toLowerCase() === method.toLowerCase()),
    );
    if (fault && --fault.times === 0)
      this.#pending = this.#pending.filter((pending) => pending !== fault);
    return fault;
  }
}

/**
 * Makes a refusal in the real server's words: 400 means an unknown chat, 403 a blocked bot, 429
 * flood control.
 */
export const refusalFor = (status: number, retryAfter = 1): Reply => {
  switch (status) {
    case 400:
      return badRequest('chat not found');
    case 403:
      return refuse(403, 'Forbidden: bot was blocked by the user');
    case 429:
      return refuse(429, `Too Many Requests: retry after ${retryAfter}`, {
        retry_after: retryAfter,
      });
    default:
      return refuse(status, STATUS_CODES[status] ?? 'Unknown Error');
  }
};
