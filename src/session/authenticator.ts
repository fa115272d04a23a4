import { ApiError } from '../platform/errors.ts';
import type { Authenticator } from '../platform/http/router.ts';
import { completeToken } from '../platform/http/token-cookie.ts';
import type { TelegramServices } from '../telegram/services.ts';
import type { Sessions } from './sessions.ts';
import type { Session } from './token.ts';
import { jwtSecretsOf, verifyToken } from './token.ts';

/** Creates the authenticator of tokens in `Authorization: Bearer` [H20]. */
export const createAuthenticator = (
  { settings, now }: Pick<TelegramServices, 'settings' | 'now'>,
  sessions: Sessions,
): Authenticator<Session> => {
  const secrets = jwtSecretsOf(settings);
  return {
    identify: async (c) => {
      const header = c.req.header('Authorization')?.trim() ?? '';
      const [, given] = /^Bearer +(\S+)$/i.exec(header) ?? [];
      if (!given) throw new ApiError('no_token');
      const token = completeToken(c, given);
      const session = await verifyToken(secrets, token, now());
      if (!session) throw new ApiError('invalid_token');
      return session;
    },
    isRemembered: (session) => sessions.isRemembered(session),
    requireLiving: async (session, { device }) => {
      if (!(await sessions.lives(session, device))) throw new ApiError('invalid_token');
    },
  };
};
