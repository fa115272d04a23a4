import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { BODY_LIMIT, createApp } from '../../src/app.ts';
import { MESSAGE_BODY_LIMIT } from '../../src/contract/http/messages.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import { createServices } from '../../src/services.ts';
import { messagesAs, newPair } from '../support/chats/chats.ts';
import { runningApi } from '../support/client.ts';
import { expectError } from '../support/error-envelope.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const TOO_LARGE = [
  413,
  'attachment_too_large',
  'Вложение слишком большое: не более 1,5 МБ',
] as const;

/** The JSON of a message with an attachment that is so many bytes long. */
const jsonOf = (bytes: number): string => {
  const around = JSON.stringify({ attachment: { type: 'image', url: 'data:image/png;base64,' } });
  const room = bytes - around.length;
  const content = 'A'.repeat(room - (room % 4));
  return around.replace('base64,', `base64,${content}`).padEnd(bytes, ' ');
};

/** Sends a body without its length. */
const sendUnmeasured = async (path: string, token: string, json: string) => {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const init = {
    method: 'POST',
    headers,
    body: new Blob([json]).stream(),
    duplex: 'half',
  } as const;
  return (await fetch(`${stack.apiUrl}${path}`, init)).status;
};

/** Sends bytes as they are over a connection, and reads what is answered first. */
const sendRaw = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(stack.apiUrl);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });

describe('the body of a message', () => {
  test('[M13, H3] 1.5 MiB are taken, stored and shown whole; one byte more is not', async () => {
    const { anna, boris, chat } = await newPair();
    const as = messagesAs(api, anna, chat);
    const body = jsonOf(MESSAGE_BODY_LIMIT);
    expect(body.length).toBe(1_572_864);
    const sent = await as.send(body);
    expect(sent.status, sent.text.slice(0, 300)).toBe(201);
    const found = await messagesAs(api, boris, chat).get(String(sent.body.id));
    expect(found.body.attachment).toEqual(JSON.parse(body).attachment);
    expectError(await as.send(`${body} `), TOO_LARGE);
    expect((await as.list('?limit=10')).text).toContain('"seq":1,');
  });

  test('[M13] ten megabytes are refused in the envelope, with CORS and the limit in words', async () => {
    const { anna, chat } = await newPair();
    const path = `/api/chats/${chat}/messages`;
    const options = { token: anna.token, body: jsonOf(10_000_000) };
    expectError(await api.send('POST', path, options), TOO_LARGE);
    const headers = { 'X-Language': 'en', Origin: 'https://app.example' };
    const english = await api.send('POST', path, { ...options, headers });
    expectError(english, [
      413,
      'attachment_too_large',
      'The attachment is too large: at most 1.5 MB',
    ]);
    expect(english.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example');
  });

  test('[M13] without its length a body is limited as well', async () => {
    const { anna, chat } = await newPair();
    const path = `/api/chats/${chat}/messages`;
    expect(await sendUnmeasured(path, anna.token, jsonOf(MESSAGE_BODY_LIMIT))).toBe(201);
    expect(await sendUnmeasured(path, anna.token, jsonOf(MESSAGE_BODY_LIMIT + 1))).toBe(413);
    expect((await messagesAs(api, anna, chat).list('?limit=10')).text).not.toContain('"seq":2,');
  });

  // The app runs in this process: over HTTP the connection breaks in the middle of the body, and
  // not every client reads the answer then.
  test('[M13] a body that does not end is not read to its end', async () => {
    let given = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        given += 10_000;
        controller.enqueue(new Uint8Array(10_000).fill(32));
      },
    });
    const app = createApp(createServices(parseSettings(stack.settings)));
    const headers = { 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body, duplex: 'half' };
    expect((await app.request('/api/chats/x/messages', init)).status).toBe(413);
    expect(given).toBeLessThan(MESSAGE_BODY_LIMIT + 100_000);
  });

  test('[M13] of a body that is longer than its length says the rest is not read', async () => {
    const { anna, chat } = await newPair();
    const head = [
      `POST /api/chats/${chat}/messages HTTP/1.1`,
      ...['Host: localhost', `Authorization: Bearer ${anna.token}`],
      ...['Content-Type: application/json', 'Content-Length: 10'],
    ];
    const answer = await sendRaw(`${head.join('\r\n')}\r\n\r\n{"text":"${'x'.repeat(100)}"}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await messagesAs(api, anna, chat).list('?limit=10')).text).toBe('[]');
  });

  test.each(['PATCH', 'PUT', 'DELETE'])(
    '[H3] only sending takes so much: %s does not',
    async (method) => {
      const { anna, chat } = await newPair();
      const body = JSON.stringify({ text: 'x'.repeat(BODY_LIMIT) });
      const path = `/api/chats/${chat}/messages/x`;
      const answer = await api.send(method, path, { token: anna.token, body });
      expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    },
  );
});
