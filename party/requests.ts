import type { RoomDefinition } from './definition.ts';
import { Batch } from './wire/messages.ts';

/** A Worker waits so long for an answer, in milliseconds; then it is told that there is none. */
const REPLY_MS = 4_000;

/** What is no message of a room. */
export const UNKNOWN = Symbol('unknown');

/** What came of a request: the answer, or undefined when there is none in time. */
export type Told = object | undefined | typeof UNKNOWN;

/** What a room can be told. */
type Known<Message> = Pick<RoomDefinition<unknown, unknown, Message>, 'message' | 'quick'>;

/** The requests to a room that wait for an answer of its machine. */
export class Requests<Message> {
  readonly #definition: Known<Message>;
  readonly #handle: (request: string, message: Message) => void;
  readonly #replies = new Map<string, (answer: object) => void>();
  #last = 0;

  /** @param handle has the machine hear a message, which it may answer at once or later */
  constructor(definition: Known<Message>, handle: (request: string, message: Message) => void) {
    this.#definition = definition;
    this.#handle = handle;
  }

  /** Has the machine hear what a request says: one message, or several. */
  tell(said: unknown): Told | Promise<Told> {
    const batch = isBatch(said) ? Batch.safeParse(said).data : undefined;
    return batch ? this.#tellAll(batch.messages) : this.#tellOne(said);
  }

  /** The machine answers. */
  reply(request: string, answer: object): void {
    this.#replies.get(request)?.(answer);
  }

  #tellOne(said: unknown): Told | Promise<Told> {
    const { message, quick } = this.#definition;
    const known = typeof said === 'object' && said !== null ? quick?.(said) : undefined;
    if (known !== undefined) return this.#ask(known);
    const { success, data } = message.safeParse(said);
    return success ? this.#ask(data) : UNKNOWN;
  }

  /** All are heard at once and in order; what is no message has no answer. */
  async #tellAll(all: readonly unknown[]): Promise<object> {
    const answers = await Promise.all(all.map((said) => this.#tellOne(said)));
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

const isBatch = (said: unknown): boolean =>
  typeof said === 'object' && said !== null && 'type' in said && said.type === 'batch';
