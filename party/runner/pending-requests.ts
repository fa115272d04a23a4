import type { RoomDefinition } from '../definition.ts';
import { Batch } from '../wire/batch.ts';

/** How long a request waits for the machine's answer, in milliseconds. */
const REPLY_MS = 4_000;

/** The result of a request that holds no message of the room. */
export const UNKNOWN = Symbol('unknown');

/** The result of a request: the answer, undefined if none came in time, or {@link UNKNOWN}. */
export type Told = object | undefined | typeof UNKNOWN;

/** The part of a definition that says which messages there are. */
type Messages<Message> = Pick<RoomDefinition<unknown, unknown, Message>, 'message' | 'quick'>;

/** The requests to a room that wait for an answer of its machine. */
export class PendingRequests<Message> {
  readonly #definition: Messages<Message>;
  readonly #handle: (request: string, message: Message) => void;
  readonly #replies = new Map<string, (answer: object) => void>();
  #last = 0;

  /** @param handle gives a message to the machine, which answers at once, later or never */
  constructor(definition: Messages<Message>, handle: (request: string, message: Message) => void) {
    this.#definition = definition;
    this.#handle = handle;
  }

  /** Gives the message of a request, or all of a batch, to the machine. */
  tell(body: unknown): Told | Promise<Told> {
    const batch = isBatch(body) ? Batch.safeParse(body).data : undefined;
    return batch ? this.#tellAll(batch.messages) : this.#tellOne(body);
  }

  /** The machine answers a request. */
  reply(request: string, answer: object): void {
    this.#replies.get(request)?.(answer);
  }

  #tellOne(body: unknown): Told | Promise<Told> {
    const { message, quick } = this.#definition;
    const known = typeof body === 'object' && body !== null ? quick?.(body) : undefined;
    if (known !== undefined) return this.#ask(known);
    const { success, data } = message.safeParse(body);
    return success ? this.#ask(data) : UNKNOWN;
  }

  /** The machine hears all at once and in order. What is no message is answered with null. */
  async #tellAll(all: readonly unknown[]): Promise<object> {
    const answers = await Promise.all(all.map((one) => this.#tellOne(one)));
    return { answers: answers.map((answer) => (typeof answer === 'object' ? answer : null)) };
  }

  #ask(message: Message): object | Promise<object | undefined> {
    const id = String(++this.#last);
    let answer: object | undefined;
    this.#replies.set(id, (given) => {
      answer = given;
    });
    this.#handle(id, message);
    if (!answer) return this.#wait(id);
    this.#replies.delete(id);
    return answer;
  }

  async #wait(id: string): Promise<object | undefined> {
    const { promise, resolve } = Promise.withResolvers<object | undefined>();
    const timer = setTimeout(() => resolve(undefined), REPLY_MS);
    this.#replies.set(id, resolve);
    const answer = await promise;
    clearTimeout(timer);
    this.#replies.delete(id);
    return answer;
  }
}

const isBatch = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'type' in body && body.type === 'batch';
