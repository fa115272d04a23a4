import { isSameSecret } from '../same-secret.ts';
import { BadRequest } from './wire.ts';

interface Credentials {
  user: string;
  password: string;
  database: string;
}

const parse = (connectionString: string): Credentials | undefined => {
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

const asText = ({ user, password, database }: Credentials): string =>
  JSON.stringify([user, password, database]);

/**
 * Makes the check of a request's `Neon-Connection-String`: user, password and database must be those of `expected`
 * (host, port and parameters do not matter). It throws {@link BadRequest} with 28P01 otherwise, in constant time.
 */
export const credentialsCheck = (expected: string): ((given: string | undefined) => void) => {
  const wanted = parse(expected);
  if (!wanted) throw new Error('the gateway needs a postgresql:// connection string');
  return function checkCredentials(given) {
    const credentials = given === undefined ? undefined : parse(given);
    if (!credentials) throw new BadRequest('missing or invalid Neon-Connection-String header');
    if (!isSameSecret(asText(credentials), asText(wanted))) {
      throw new BadRequest(
        `password authentication failed for user "${credentials.user}"`,
        '28P01',
      );
    }
  };
};
