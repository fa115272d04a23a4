import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { listenOnLoopback } from '../../dev/loopback.ts';
import { accepts, freePort } from '../../dev/ports.ts';

test('whether something takes connections is told of the very address', async () => {
  const server = createServer((socket) => socket.end());
  const port = await listenOnLoopback(server);
  expect([await accepts('127.0.0.1', port), await accepts('127.0.0.2', port)]).toEqual([
    true,
    false,
  ]);
  await new Promise((resolve) => server.close(resolve));
  expect(await accepts('127.0.0.1', port)).toBe(false);
});

test('a free port is none that an outgoing connection may take before somebody listens there', async () => {
  for (let n = 0; n < 20; n++) {
    const port = await freePort();
    expect(port).toBeLessThan(32_768);
    expect(await accepts('127.0.0.1', port)).toBe(false);
  }
});
