// @ts-nocheck This runs in workerd, whose types are not those of Node.

const ask = async (url, headers, body) => {
  const answer = await fetch(url, { method: 'POST', headers, body });
  return answer.json();
};

const askRedis = ({ UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token }) =>
  ask(url, { authorization: `Bearer ${token}` }, '["PING"]');

const askPostgres = ({ DATABASE_ENDPOINT: url, DATABASE_URL: connection }) =>
  ask(url, { 'neon-connection-string': connection }, '{"query":"select 1","params":[]}');

const sendMessage = ({ TELEGRAM_API_URL: url, TELEGRAM_BOT_TOKEN: token }) =>
  ask(
    `${url}/bot${token}/sendMessage`,
    { 'content-type': 'application/json' },
    '{"chat_id":1,"text":"Code"}',
  );

/**
 * A Worker without any code of ours: it asks Redis once, at /both Postgres too, and answers. At
 * /message a message of the bot is sent behind the answer.
 */
export default {
  async fetch(request, env, ctx) {
    await request.json();
    await askRedis(env);
    const { pathname } = new URL(request.url);
    if (pathname === '/both') await askPostgres(env);
    if (pathname === '/message') ctx.waitUntil(sendMessage(env));
    return Response.json({ ok: true });
  },
};
