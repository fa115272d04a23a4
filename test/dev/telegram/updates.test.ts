import { expect, test } from 'vitest';
import { startTelegram } from '../../../dev/telegram/server.ts';
import { rejection, setUp, TOKEN } from './harness.ts';
import { startWebhook } from './webhook.ts';

const idsOf = (deliveries: readonly { update: { update_id: number } }[]) =>
  deliveries.map(({ update }) => update.update_id);

test('updates come one after another, in order, each after the answer to the one before', async () => {
  const { api, control } = await setUp();
  let busy = 0;
  const { url, deliveries } = await startWebhook(async () => {
    expect(++busy).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    busy--;
    return 200;
  });
  await api.setWebhook(url);
  await Promise.all(['a', 'b', 'c'].map((text) => control('POST', '/chats/1/text', { text })));
  const [first = 0] = idsOf(deliveries);
  expect(idsOf(deliveries)).toEqual([first, first + 1, first + 2]);
  expect(deliveries.map(({ update }) => update.message?.text)).toEqual(['a', 'b', 'c']);
});

test('an update that is not answered with 2xx comes again, and others wait', async () => {
  const { api, control } = await setUp();
  const { url, deliveries } = await startWebhook((_, count) => (count < 3 ? 503 : 200));
  await api.setWebhook(url);
  const first = control('POST', '/chats/1/text', { text: 'a' });
  await expect.poll(async () => (await api.getWebhookInfo()).last_error_message).toMatch(/503/);
  expect(await api.getWebhookInfo()).toMatchObject({
    pending_update_count: 1,
    last_error_message: 'Wrong response from the webhook: 503 Service Unavailable',
    last_error_date: expect.any(Number),
  });
  const second = control('POST', '/chats/1/text', { text: 'b' });
  expect((await first).json).toEqual({ delivered: true });
  expect((await second).json).toEqual({ delivered: true });
  expect(deliveries.map(({ update }) => update.message?.text)).toEqual(['a', 'a', 'a', 'b']);
  expect(new Set(idsOf(deliveries)).size).toBe(2);
  expect((await api.getWebhookInfo()).pending_update_count).toBe(0);
});

test('an update is given up after four tries, and the next one gets its turn', async () => {
  const { api, control } = await setUp();
  const { url, deliveries } = await startWebhook(({ update }) =>
    update.message?.text === 'bad' ? 500 : 200,
  );
  await api.setWebhook(url);
  expect((await control('POST', '/chats/1/text', { text: 'bad' })).json).toEqual({
    delivered: false,
  });
  expect(deliveries).toHaveLength(4);
  expect((await control('POST', '/chats/1/text', { text: 'good' })).json).toEqual({
    delivered: true,
  });
});

test('updates wait for a webhook, unless they are to be dropped', async () => {
  const { api, control } = await setUp();
  const { url, deliveries } = await startWebhook(() => 200);
  expect((await control('POST', '/chats/1/text', { text: 'dropped' })).json).toEqual({
    delivered: false,
  });
  await api.deleteWebhook({ drop_pending_updates: true });
  await control('POST', '/chats/1/text', { text: 'kept' });
  expect((await api.getWebhookInfo()).pending_update_count).toBe(1);
  await api.setWebhook(url);
  await expect.poll(() => deliveries.map(({ update }) => update.message?.text)).toEqual(['kept']);
});

test('kinds that the webhook does not want do not come', async () => {
  const { api, control } = await setUp();
  const { url, deliveries } = await startWebhook(() => 200);
  await api.setWebhook(url, { allowed_updates: ['callback_query'] });
  expect((await control('POST', '/chats/1/text', { text: 'x' })).json).toEqual({
    delivered: false,
  });
  expect(deliveries).toEqual([]);
});

test('nothing is sent to another machine, nor to a webhook that is gone', async () => {
  const { api, control } = await setUp();
  await api.setWebhook('https://aist.example/telegram/webhook');
  expect((await control('POST', '/chats/1/text', { text: 'x' })).json).toEqual({
    delivered: false,
  });
  expect((await api.getWebhookInfo()).last_error_message).toMatch(/^Not a loopback address/);
  await api.setWebhook('http://127.0.0.1:1/');
  expect((await control('POST', '/chats/1/text', { text: 'x' })).json).toEqual({
    delivered: false,
  });
  expect((await api.getWebhookInfo()).last_error_message).toBe('Connection failed');
});

test('two runs have different ids of updates, so that none is taken for done', async () => {
  const ids = [];
  for (const _ of [1, 2]) {
    const { api, control } = await setUp();
    const { url, deliveries } = await startWebhook(() => 200);
    await api.setWebhook(url);
    await control('POST', '/chats/1/text', { text: 'x' });
    ids.push(...idsOf(deliveries));
  }
  expect(new Set(ids).size).toBe(2);
});

test('closing does not wait for a webhook that hangs', async () => {
  const telegram = await startTelegram({ token: TOKEN, apiUrl: '' });
  const { url, deliveries } = await startWebhook(() => new Promise(() => undefined));
  await fetch(`${telegram.url}/bot${TOKEN}/setWebhook?url=${url}`);
  const writing = rejection(
    fetch(`${telegram.url}/_/chats/1/text`, { method: 'POST', body: '{"text":"x"}' }),
  );
  await expect.poll(() => deliveries).toHaveLength(1);
  await telegram.close();
  await writing;
});
