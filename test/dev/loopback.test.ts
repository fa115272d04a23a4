import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { closeServer, listenOnLoopback } from '../../dev/loopback.ts';

const server = createServer((_request, response) => response.write('half an answer'));
afterEach(() => server.closeAllConnections());

test('a closed server waits for an answer as long as it is told, then cuts it off', async () => {
  // The answer never ends: without a limit the close would not, either.
  for (const graceMs of [300, 0]) {
    const port = await listenOnLoopback(server);
    const answer = await fetch(`http://127.0.0.1:${port}`);
    const started = performance.now();
    const cutOff = expect(answer.text()).rejects.toThrow('terminated');
    await closeServer(server, graceMs);
    expect(performance.now() - started).toBeGreaterThan(graceMs - 10);
    await cutOff;
  }
});
