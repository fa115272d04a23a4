import { createServer } from 'node:http';

/** A Bot API that takes every message. The argument is the port to listen at, on loopback. */

const TAKEN = JSON.stringify({
  ok: true,
  result: { message_id: 1, date: 0, chat: { id: 1, type: 'private', first_name: 'A' } },
});

createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(TAKEN);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
