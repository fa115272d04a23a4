import { neon, neonConfig } from '@neondatabase/serverless';
import { SignJWT } from 'jose';
import { migrate } from '../dev/migrate.ts';

/** Somebody with an account and a token. */
export interface User {
  readonly id: string;
  readonly phone: string;
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
    from generate_series(1, ${count}::int) as n returning id, phone`;
  const secret = new TextEncoder().encode(settings.JWT_SECRET);
  return Promise.all(
    rows.map(async ({ id, phone }) => ({
      id: String(id),
      phone: String(phone),
      token: await new SignJWT({ userId: id })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt()
        .setExpirationTime('30d')
        .sign(secret),
    })),
  );
};

/** Links every account to a Telegram chat, so that codes and alerts are sent. */
export const linkTelegram = async (
  settings: Readonly<Record<'DATABASE_URL' | 'DATABASE_ENDPOINT', string>>,
): Promise<void> => {
  neonConfig.fetchEndpoint = settings.DATABASE_ENDPOINT;
  await neon(settings.DATABASE_URL)`
    insert into telegram_links (phone, chat_id, proved)
    select phone, 1000 + row_number() over (), true from users`;
};
