import { isSameSecret } from '../same-secret.ts';
import { BadRequest } from './wire.ts';

interface Credentials {
  user: string;
  password: string;
  database: string;
}

const parseCredentials = (connectionString: string): Credentials | undefined => {
  try {
    const { protocol, username, password, pathname } = new URL(connectionString);
    if (protocol !== 'postgres:' && protocol !== 'postgresql:') return undefined;
    return {
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.slice(1)),
    };
  } catch {
    return undefined;
  }
};

const toText = ({ user, password, database }: Credentials): string =>
  JSON.stringify([user, password, database]);

/**
 * Makes the check of a request's `Neon-Connection-String`: user, password and database must be
 * those of `expected`; host, port and parameters do not matter. The check takes constant time, and
 * throws {@link BadRequest} with 28P01.
 */
export const createCredentialsCheck = (expected: string): ((given: string | undefined) => void) => {
  const wanted = parseCredentials(expected);
  if (!wanted) throw new Error('the gateway needs a postgresql:// connection string');
  return function checkCredentials(given) {
    const credentials = given === undefined ? undefined : parseCredentials(given);
    if (!credentials) throw new BadRequest('missing or invalid Neon-Connection-String header');
    if (!isSameSecret(toText(credentials), toText(wanted))) {
      throw new BadRequest(
        `password authentication failed for user "${credentials.user}"`,
        '28P01',
      );
    }
  };
};
