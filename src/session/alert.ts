import type { Language } from '../contract/errors.ts';
import type { Device } from '../contract/sessions.ts';
import type { Log } from '../log.ts';
import type { Services } from '../services.ts';
import { alertMessage, NOT_ME } from '../telegram/sign-in-messages.ts';
import { findChat } from './store.ts';

/** A sign-in that somebody should hear of. */
export interface SignInAlert {
  readonly userId: string;
  readonly sid: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly device: Device;
  /** What Redis knows of the user's chat; when it does not, Postgres is asked. */
  readonly chat: { readonly known: boolean; readonly chatId: number | undefined; readonly language: Language };
}

/** The data of the button that ends a session; the bot reads it. */
export const revokeData = (sid: string): string => `revoke:${sid}`;

/**
 * Tells a user in Telegram that somebody signed in, with a button that ends that session (auth.md, "Sessions and tokens"). Runs behind the answer.
 *
 * @throws {StoreError} when it could not be delivered
 */
export const alertSignIn = async ({ db, telegram }: Services, log: Log, alert: SignInAlert): Promise<void> => {
  const { userId, sid, at, device, chat } = alert;
  const found = chat.known ? chat : await findChat(db, userId);
  if (found?.chatId === undefined) return;
  const { chatId, language } = found;
  const button = { text: NOT_ME[language], callback_data: revokeData(sid) };
  const delivery = await telegram.send(chatId, alertMessage(device, at)[language], [[button]]);
  log.info('session.told', { delivery });
};
