// @ts-nocheck This runs in workerd, whose types are not those of Node.

const ask = async (url, headers, body) => {
  const answer = await fetch(url, { method: 'POST', headers, body });
  return answer.json();
};

/** A Worker without any code of ours: it asks Redis once, at /both Postgres too, and answers. */
export default {
  async fetch(request, env) {
    await request.json();
    const { UPSTASH_REDIS_REST_URL: redis, UPSTASH_REDIS_REST_TOKEN: token } = env;
    await ask(redis, { authorization: `Bearer ${token}` }, '["PING"]');
    if (new URL(request.url).pathname === '/both') {
      const headers = { 'neon-connection-string': env.DATABASE_URL };
      await ask(env.DATABASE_ENDPOINT, headers, '{"query":"select 1","params":[]}');
    }
    return Response.json({ ok: true });
  },
};
