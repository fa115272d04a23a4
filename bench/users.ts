import { neon, neonConfig } from '@neondatabase/serverless';
import { SignJWT } from 'jose';
import { migrate } from '../dev/migrate.ts';

/** Somebody with an account and a token. */
export interface User {
  readonly id: string;
  readonly token: string;
}

/**
 * Makes accounts in an empty database, and tokens as of the legacy server, which need no sign-in.
 */
export const makeUsers = async (
  settings: Readonly<Record<'DATABASE_URL' | 'DATABASE_ENDPOINT' | 'JWT_SECRET', string>>,
  count: number,
): Promise<User[]> => {
  neonConfig.fetchEndpoint = settings.DATABASE_ENDPOINT;
  await migrate(settings.DATABASE_URL);
  const sql = neon(settings.DATABASE_URL);
  const rows = await sql`
    insert into users (id, phone) select gen_random_uuid()::text, '+7999' || lpad(n::text, 7, '0')
    from generate_series(1, ${count}::int) as n returning id`;
  const secret = new TextEncoder().encode(settings.JWT_SECRET);
  return Promise.all(
    rows.map(async ({ id }) => ({
      id: String(id),
      token: await new SignJWT({ userId: id })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt()
        .setExpirationTime('30d')
        .sign(secret),
    })),
  );
};
