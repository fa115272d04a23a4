// @ts-nocheck This runs in workerd, whose types are not those of Node.

/**
 * Two rooms without any code of ours, one for each side of a call: what a client sends to its own
 * room goes by a WebSocket to the room of the other side, and from there to its client. The sockets
 * of clients let the room sleep, as those of inboxes do.
 */
export class BareInbox {
  #state;
  #rooms;
  /** The WebSocket to the other room, or its promise. */
  #channel;

  constructor(state, env) {
    this.#state = state;
    this.#rooms = env.ROOM;
  }

  fetch(request) {
    const { 0: client, 1: server } = new WebSocketPair();
    const peer = new URL(request.url).searchParams.get('peer');
    if (peer) {
      this.#state.acceptWebSocket(server);
      server.serializeAttachment(peer);
    } else {
      server.accept();
      server.addEventListener('message', ({ data }) => {
        for (const socket of this.#state.getWebSockets()) socket.send(data);
      });
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(socket, data) {
    this.#channel ??= this.#open(socket.deserializeAttachment());
    const channel = this.#channel instanceof Promise ? await this.#channel : this.#channel;
    channel.send(data);
  }

  async #open(peer) {
    const headers = { Upgrade: 'websocket' };
    const { webSocket } = await this.#rooms.getByName(peer).fetch('https://room/', { headers });
    webSocket.accept();
    this.#channel = webSocket;
    return webSocket;
  }

  webSocketClose(socket, code) {
    socket.close(code === 1005 ? 1000 : code);
  }
}

export default {
  async fetch(request, { ROOM }) {
    if (request.headers.get('Upgrade') !== 'websocket') return new Response(null);
    const { webSocket } = await ROOM.getByName(new URL(request.url).pathname).fetch(request);
    return new Response(null, { status: 101, webSocket });
  },
};
