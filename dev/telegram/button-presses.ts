import type { CallbackQuery } from 'grammy/types';

/** Presses of inline buttons that wait for the bot's answer, by the id of their query. */
export class ButtonPresses {
  readonly #waiting = new Map<string, string>();

  /** A query of its own for a press, as Telegram describes it. */
  begin({
    from,
    message,
    data,
  }: Required<Pick<CallbackQuery, 'from' | 'message' | 'data'>>): CallbackQuery {
    const id = String(crypto.getRandomValues(new BigUint64Array(1))[0]);
    this.#waiting.set(id, '');
    return { id, from, message, data, chat_instance: String(message.chat.id) };
  }

  /** answerCallbackQuery: what the phone shows for a moment. A query that nobody waits for is answered all the same. */
  answer(id: string, text: string): void {
    if (this.#waiting.has(id)) this.#waiting.set(id, text);
  }

  /** What the bot answered, "" when it said nothing; the press is over. */
  end(id: string): string {
    const notice = this.#waiting.get(id) ?? '';
    this.#waiting.delete(id);
    return notice;
  }
}
