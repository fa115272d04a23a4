import type { CallbackQuery } from 'grammy/types';

/** Presses of inline buttons that wait for the bot's answer, by the id of their query. */
export class ButtonPresses {
  readonly #waiting = new Map<string, string>();

  /** Begins a press: makes its query as Telegram describes it. */
  begin({
    from,
    message,
    data,
  }: Required<Pick<CallbackQuery, 'from' | 'message' | 'data'>>): CallbackQuery {
    const id = String(crypto.getRandomValues(new BigUint64Array(1))[0]);
    this.#waiting.set(id, '');
    return { id, from, message, data, chat_instance: String(message.chat.id) };
  }

  /**
   * Answers a press with what the phone shows for a moment. A query that nobody waits for is
   * answered as well.
   */
  answer(id: string, text: string): void {
    if (this.#waiting.has(id)) this.#waiting.set(id, text);
  }

  /** Ends a press, and returns what the bot answered: '' when it said nothing. */
  end(id: string): string {
    const notice = this.#waiting.get(id) ?? '';
    this.#waiting.delete(id);
    return notice;
  }
}
