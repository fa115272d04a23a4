import { setUpBot } from '../../dev/bot-setup.ts';
import type { PhoneMessage } from '../../dev/telegram/chats.ts';
import type { Answer, Api } from './client.ts';
import { freshPhone } from './fresh.ts';
import { PATIENCE_MS } from './patience.ts';
import { freshChat } from './sign-in.ts';
import { stack } from './stack.ts';

/** What the webhook was registered with. */
const SECRET = String(stack.settings.TELEGRAM_WEBHOOK_SECRET);

/** Has the stand-in bring its updates to the running Worker, as `npm start` does. */
export const registerWebhook = () =>
  setUpBot({
    token: String(stack.settings.TELEGRAM_BOT_TOKEN),
    apiRoot: stack.telegramUrl,
    apiUrl: stack.apiUrl,
    secret: SECRET,
  });

const control = async (method: string, path: string, body?: unknown) => {
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const answer = await fetch(`${stack.telegramUrl}/_/chats/${path}`, init);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};

/** Somebody with the stand-in's phone in their hand, whose bot is the running Worker. */
export class Person {
  /** The id of the person, and of their chat with the bot. */
  readonly id = freshChat();
  phone = freshPhone();

  /** Puts the phone on. `language` is that of the app. */
  async introduce(owner: { phone?: string; language?: string } = {}): Promise<this> {
    this.phone = owner.phone ?? this.phone;
    await control('PUT', `${this.id}`, { phone: this.phone, ...owner });
    return this;
  }

  /** Writes to the bot, and reads what it says to that. */
  async say(text: string): Promise<string> {
    await control('POST', `${this.id}/text`, { text });
    return this.last();
  }

  /** Shares a contact, by default the person's own, and reads what the bot says to that. */
  async share(
    contact: { phone?: string; userId?: number | null; forwarded?: boolean } = {},
  ): Promise<string> {
    await control('POST', `${this.id}/contact`, contact);
    return this.last();
  }

  /**
   * Presses the only button under the bot's last message; returns the notice that the phone shows.
   */
  async press(): Promise<string> {
    const message = (await this.messages()).at(-1);
    const button = message?.reply_markup?.inline_keyboard[0]?.[0];
    const data = button && 'callback_data' in button ? button.callback_data : undefined;
    const { notice } = await control('POST', `${this.id}/press`, {
      messageId: message?.message_id,
      data,
    });
    return notice;
  }

  /** The label of the button below the input field that shares the contact, if it is there. */
  async shareButton(): Promise<string | undefined> {
    const button = (await control('GET', `${this.id}`)).keyboard?.keyboard[0]?.[0];
    return button?.request_contact ? button.text : undefined;
  }

  /** What the bot sent, the oldest first. */
  async messages(): Promise<PhoneMessage[]> {
    const { messages }: { messages: PhoneMessage[] } = await control('GET', `${this.id}`);
    return messages.filter(({ from }) => from?.is_bot);
  }

  /** What the bot said last. */
  async last(): Promise<string> {
    const message = (await this.messages()).at(-1);
    return message && 'text' in message ? message.text : '';
  }

  /** Waits until the bot has said something that matches, and returns it. */
  async hear(pattern: RegExp): Promise<string> {
    for (const deadline = Date.now() + PATIENCE_MS; ; ) {
      const text = await this.last();
      if (pattern.test(text)) return text;
      if (Date.now() > deadline) throw new Error(`The bot did not say ${pattern}, but: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

let lastUpdate = Math.floor(Math.random() * 1e9);

/** An id of an update that no other test uses. */
export const freshUpdateId = (): number => ++lastUpdate;

/** A message to the bot as Telegram describes it. */
export const messageUpdate = (
  from: number,
  content: object,
  fields: { chat?: object; from?: object } = {},
) => ({
  update_id: freshUpdateId(),
  message: {
    message_id: 1,
    date: Math.floor(Date.now() / 1000),
    chat: { id: from, type: 'private', first_name: 'Анна', ...fields.chat },
    from: { id: from, is_bot: false, first_name: 'Анна', ...fields.from },
    ...content,
  },
});

/** Somebody's own contact, as the button below the input field shares it. */
export const ownContact = (from: number, phone: string) => ({
  contact: { phone_number: phone.replace('+', ''), first_name: 'Анна', user_id: from },
});

/** Posts an update to the webhook, as Telegram does; `secret` null = without one. */
export const postUpdate = (
  api: Api,
  update: unknown,
  secret: string | null = SECRET,
): Promise<Answer> =>
  api.post('/telegram/webhook', update, {
    headers: secret === null ? {} : { 'X-Telegram-Bot-Api-Secret-Token': secret },
  });
