// @ts-nocheck This runs in workerd, whose types are not those of Node.

/** A room without any code of ours: it passes each message to the others at its address. */
export class BareRoom {
  #sockets = new Set();

  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    this.#sockets.add(server);
    server.addEventListener('message', ({ data }) => {
      for (const other of this.#sockets) if (other !== server) other.send(data);
    });
    server.addEventListener('close', () => {
      this.#sockets.delete(server);
      server.close();
      for (const other of this.#sockets) other.close();
    });
    return new Response(null, { status: 101, webSocket: client });
  }
}

export default {
  async fetch(request, { ROOM }) {
    if (request.headers.get('Upgrade') !== 'websocket') return new Response(null);
    const { webSocket } = await ROOM.getByName(new URL(request.url).pathname).fetch(request);
    return new Response(null, { status: 101, webSocket });
  },
};
