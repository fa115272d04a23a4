import type { Language } from '../contract/errors.ts';
import type { Device } from '../contract/http/sessions.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { tryThrice } from '../platform/retry.ts';
import type { PhoneHint } from '../telegram/deliver.ts';
import { deliver } from '../telegram/deliver.ts';
import type { TelegramServices } from '../telegram/services.ts';
import { alertMessage, NOT_ME } from '../telegram/sign-in-messages.ts';
import { findLink } from './store.ts';

/** A sign-in that its user is told of. */
export interface SignInAlert {
  readonly userId: string;
  readonly sid: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly device: Device;
  /** The user's number and what Redis knows of its chat; Postgres is asked when it is missing. */
  readonly link:
    | { readonly phone: string; readonly chat: Omit<PhoneHint, 'legacyChatId'> }
    | undefined;
}

const REVOKE = 'revoke:';

/** Formats the data that the bot gets when somebody presses the button that ends a session. */
export const formatRevokeData = (sid: string): string => `${REVOKE}${sid}`;

/** Matches what {@link formatRevokeData} makes; group 1 is the session's id. */
export const REVOKE_DATA = new RegExp(`^${REVOKE}([\\w-]{22})$`);

/**
 * Tells a user in Telegram that somebody signed in, with a button that ends that session [A40].
 * Runs after the response.
 *
 * @throws {StoreError} when it could not be delivered
 */
export const alertSignIn = async (
  ctx: Pick<RequestContext, 'log'>,
  services: TelegramServices,
  alert: SignInAlert,
): Promise<void> => {
  const { userId, sid, at, device } = alert;
  const link = alert.link ?? (await tryThrice(() => findLink(services.db, userId)));
  if (!link) return ctx.log.info('session.nobody_to_tell');
  const hint = { ...link.chat, legacyChatId: undefined };
  const extras = (language: Language) => ({
    buttons: [[{ text: NOT_ME[language], callback_data: formatRevokeData(sid) }]],
  });
  const text = alertMessage(device, at);
  await deliver(ctx, services, { phone: link.phone, hint, text, extras });
};
