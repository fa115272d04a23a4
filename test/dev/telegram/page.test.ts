import { expect, onTestFinished, test } from 'vitest';
import { startTelegram } from '../../../dev/telegram/server.ts';
import { setUp, TOKEN } from './harness.ts';

/** Opens the event stream; `next` resolves to its next event, or to undefined at its end. */
async function openEvents(url: string) {
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const response = await fetch(`${url}/_/events`, { signal: leave.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  async function next(): Promise<{ event: string; data: unknown } | undefined> {
    for (;;) {
      const frame = /event: (\w+)\ndata: (.+)\n\n/.exec(buffer);
      if (frame?.[1] && frame[2]) {
        buffer = buffer.slice(frame.index + frame[0].length);
        return { event: frame[1], data: JSON.parse(frame[2]) };
      }
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return undefined;
      buffer += chunk.value;
    }
  }
  return { type: response.headers.get('content-type'), next, leave };
}

test('a stream begins with all chats, and a new message arrives without being asked for', async () => {
  const { api, url } = await setUp();
  await api.sendMessage(1, 'a');
  const events = await openEvents(url);
  expect(events.type).toBe('text/event-stream');
  expect(await events.next()).toMatchObject({
    event: 'chats',
    data: [{ id: 1, messages: [{ text: 'a' }] }],
  });
  const sent = api.sendMessage(2, 'Код: 123456\n\n<b>\u0000</b>');
  expect(await events.next()).toMatchObject({
    event: 'chat',
    data: { id: 2, messages: [{ text: 'Код: 123456\n\n<b>\u0000</b>' }] },
  });
  await sent;
});

test('edits and owners are streamed as well, to every reader', async () => {
  const { api, control, url } = await setUp();
  const { message_id } = await api.sendMessage(1, 'a');
  const readers = [await openEvents(url), await openEvents(url)];
  for (const reader of readers) await reader.next();
  await api.editMessageText(1, message_id, 'b');
  await control('PUT', '/chats/1', { phone: '+79991234567' });
  for (const reader of readers) {
    expect(await reader.next()).toMatchObject({ data: { messages: [{ text: 'b' }] } });
    expect(await reader.next()).toMatchObject({ data: { phone: '+79991234567' } });
  }
});

test('a reader who leaves does not disturb the others', async () => {
  const { api, url } = await setUp();
  const [gone, here] = [await openEvents(url), await openEvents(url)];
  await here.next();
  gone.leave.abort();
  for (const text of ['a', 'b', 'c']) await api.sendMessage(1, text);
  expect(await here.next()).toMatchObject({ data: { messages: [{ text: 'a' }] } });
});

test('closing ends the streams', async () => {
  const telegram = await startTelegram({ token: TOKEN, apiUrl: '' });
  const events = await openEvents(telegram.url);
  await events.next();
  const ended = events.next().catch(() => undefined);
  await telegram.close();
  expect(await ended).toBeUndefined();
});

/** The page with all its parts, as a browser loads them. */
const loadPage = async (url: string) => {
  const html = await (await fetch(url)).text();
  const parts = new Map<string, string>();
  const load = async (path: string) => {
    if (parts.has(path)) return;
    const answer = await fetch(`${url}/${path}`);
    expect([path, answer.status]).toEqual([path, 200]);
    const text = await answer.text();
    parts.set(path, text);
    const imported = [...text.matchAll(/from '\.\/([\w.-]+)'/g)].map(([, name]) => `page/${name}`);
    await Promise.all(imported.map(load));
  };
  const loaded = /<(?:link|script|img)\b[^>]*?(?:src|href)="([^"]*)"/g;
  const own = [...html.matchAll(loaded)].map(([, path = '']) => path);
  await Promise.all(own.map(load));
  return { html, parts, text: [html, ...parts.values()].join('\n') };
};

test('the page with its parts is whole in itself', async () => {
  const { url } = await setUp();
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*script-src 'self'.*connect-src 'self'/,
  );
  const { parts, text } = await loadPage(url);
  expect([...parts.keys()].every((path) => /^page\/[a-z]+\.(css|svg|ts)$/.test(path))).toBe(true);
  const own = /127\.0\.0\.1|www\.w3\.org/;
  expect(text.match(/(https?:)?\/\/[\w.[-]+\.\w+/g)?.filter((link) => !own.test(link))).toEqual([]);
  expect(text.match(/@import|\burl\(/g)).toBeNull();
  expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
});

test.each([
  ['page/base.css', 'text/css; charset=utf-8', ':root {'],
  ['page/main.ts', 'text/javascript; charset=utf-8', "from './render.ts'"],
  ['page/icon.svg', 'image/svg+xml', '<svg'],
])('the part %s of the page is served as %s', async (path, type, start) => {
  const { url } = await setUp();
  const answer = await fetch(`${url}/${path}`);
  expect(answer.headers.get('content-type')).toBe(type);
  const text = await answer.text();
  expect(text).toContain(start);
  // A browser knows no types.
  expect(text).not.toMatch(/import type|: (PhoneChat|string|void)\b/);
});

test.each(['page.html', 'nothing.ts', '..%2fpage.ts', '%2e%2e%2fserver.ts', 'constructor'])(
  'the page has no part %s',
  async (name) => {
    const { url } = await setUp();
    expect((await fetch(`${url}/page/${name}`)).status).toBe(404);
  },
);

test('the commands of the page name the API that it was started for, and it leads there', async () => {
  const telegram = await startTelegram({ token: TOKEN, apiUrl: 'http://127.0.0.1:9999/?a="&b=<' });
  onTestFinished(telegram.close);
  const html = await (await fetch(telegram.url)).text();
  expect(html).toContain('data-api-url="http://127.0.0.1:9999/?a=&quot;&amp;b=&lt;"');
  expect(html).toContain('href="http://127.0.0.1:9999/?a=&quot;&amp;b=&lt;/"');
  expect(html).not.toContain('{{');
});

test('the page does what a person does, and asks for nothing that is not there', async () => {
  const { url } = await setUp();
  const { text } = await loadPage(url);
  const used = [...text.matchAll(/act\('(\w+)', `\$\{[\w.]+\}(\/\w+)?`/g)].map(
    ([, method = '', action = '']) => `${method} /chats/1${action}`,
  );
  expect([...new Set(used)].sort()).toEqual([
    'POST /chats/1/block',
    'POST /chats/1/contact',
    'POST /chats/1/press',
    'POST /chats/1/text',
    'PUT /chats/1',
  ]);
  for (const [method = '', path = ''] of used.map((call) => call.split(' '))) {
    const { status } = await fetch(`${url}/_${path}`, { method, body: '{"no":"such field"}' });
    expect([path, status]).toEqual([path, 400]);
  }
});
