import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { bearer, phoneNumber } from 'better-auth/plugins';
import { Pool } from 'pg';

/**
 * better-auth with its phone plugin, as its documentation sets it up, on the PostgreSQL of
 * DATABASE_URL, in the schema SCHEMA. The argument is the port to listen at, on loopback; the first
 * line that is written is the process id. `GET /code?phone=` tells the
 * code that was sent last.
 */

console.log(process.pid);
const port = Number(process.argv[2]);
const { DATABASE_URL, SECRET = '', SCHEMA = 'better_auth' } = process.env;
const codes = new Map<string, string>();

const options = {
  baseURL: `http://127.0.0.1:${port}`,
  secret: SECRET,
  database: new Pool({
    connectionString: DATABASE_URL,
    max: 20,
    options: `-c search_path=${SCHEMA}`,
  }),
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  advanced: { disableCSRFCheck: true },
  plugins: [
    bearer(),
    phoneNumber({
      sendOTP: ({ phoneNumber, code }) => {
        codes.set(phoneNumber, code);
      },
      signUpOnVerification: { getTempEmail: (phone) => `${phone.slice(1)}@phone.invalid` },
    }),
  ],
};

await options.database.query(`create schema if not exists ${SCHEMA}`);
const { runMigrations } = await getMigrations(options);
await runMigrations();
const handle = toNodeHandler(betterAuth(options));

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (pathname === '/') response.end();
  else if (pathname === '/code')
    response.end(JSON.stringify({ code: codes.get(searchParams.get('phone') ?? '') }));
  else void handle(request, response);
}).listen(port, '127.0.0.1');
