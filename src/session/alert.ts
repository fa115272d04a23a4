import type { Language } from '../contract/errors.ts';
import type { Device } from '../contract/http/sessions.ts';
import type { Log } from '../platform/log.ts';
import { tryThrice } from '../platform/retry.ts';
import type { PhoneHint } from '../telegram/deliver.ts';
import { deliver } from '../telegram/deliver.ts';
import { alertMessage, NOT_ME } from '../telegram/sign-in-messages.ts';
import type { Services } from './services.ts';
import { findLink } from './store.ts';

/** A sign-in that somebody should hear of. */
export interface SignInAlert {
  readonly userId: string;
  readonly sid: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly device: Device;
  /** The user's number, and what Redis knows of its chat; where they are not at hand, Postgres is asked. */
  readonly link:
    | { readonly phone: string; readonly chat: Omit<PhoneHint, 'legacyChatId'> }
    | undefined;
}

const REVOKE = 'revoke:';

/** The data of the button that ends a session; the bot gets it when it is pressed. */
export const revokeData = (sid: string): string => `${REVOKE}${sid}`;

/** What {@link revokeData} looks like; the session's id is in group 1. */
export const REVOKE_DATA = new RegExp(`^${REVOKE}([\\w-]{22})$`);

/**
 * Tells a user in Telegram that somebody signed in, with a button that ends that session (auth.md, "Sessions and tokens"). Runs behind the answer.
 *
 * @throws {StoreError} when it could not be delivered
 */
export const alertSignIn = async (
  services: Services,
  log: Log,
  alert: SignInAlert,
): Promise<void> => {
  const { userId, sid, at, device } = alert;
  const link = alert.link ?? (await tryThrice(() => findLink(services.db, userId)));
  if (!link) return log.info('session.nobody_to_tell');
  const hint = { ...link.chat, legacyChatId: undefined };
  const extras = (language: Language) => ({
    buttons: [[{ text: NOT_ME[language], callback_data: revokeData(sid) }]],
  });
  const text = alertMessage(device, at);
  await deliver({ log }, services, { phone: link.phone, hint, text, extras });
};
