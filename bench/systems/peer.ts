import { Socket } from './socket.ts';
import type { Pair, Ring, Side, System } from './system.ts';
import { SDP, toJson } from './texts.ts';

interface Client {
  readonly id: string;
  readonly socket: Socket;
}

const sideOf = ({ socket }: Client, other: Client): Side => {
  const side: Side = {
    send: (candidate) =>
      socket.send({ type: 'CANDIDATE', dst: other.id, payload: { candidate: toJson(candidate) } }),
    heard: () => undefined,
    ping: () => socket.send({ type: 'HEARTBEAT' }),
    end: () => socket.close(),
  };
  socket.heard = ({ type, payload }) => {
    if (type === 'CANDIDATE')
      side.heard((payload as { candidate: { candidate: string } }).candidate.candidate);
  };
  return side;
};

/** peerjs-server, by the protocol of its client: whoever knows an id can call it. */
export class Peer implements System {
  readonly name = 'peerjs-server';
  readonly #url: string;
  #ids = 0;

  constructor(url: string) {
    this.#url = `${url.replace('http', 'ws')}/peerjs?key=peerjs`;
  }

  async #enter(): Promise<Client> {
    const id = `peer-${this.#ids++}`;
    return { id, socket: await Socket.open(`${this.#url}&id=${id}&token=${id}`) };
  }

  async connect(): Promise<Pair> {
    const [caller, callee] = await Promise.all([this.#enter(), this.#enter()]);
    const offer = callee.socket.next('OFFER');
    caller.socket.send({
      type: 'OFFER',
      dst: callee.id,
      payload: { sdp: { type: 'offer', sdp: SDP } },
    });
    await offer;
    const answer = caller.socket.next('ANSWER');
    callee.socket.send({
      type: 'ANSWER',
      dst: caller.id,
      payload: { sdp: { type: 'answer', sdp: SDP } },
    });
    await answer;
    return [sideOf(caller, callee), sideOf(callee, caller)];
  }

  async ring(): Promise<Ring> {
    const callee = await this.#enter();
    const offer = callee.socket.next('OFFER');
    const began = performance.now();
    const caller = await this.#enter();
    caller.socket.send({
      type: 'OFFER',
      dst: callee.id,
      payload: { sdp: { type: 'offer', sdp: SDP } },
    });
    await offer;
    const ms = performance.now() - began;
    await Promise.all([caller.socket.close(), callee.socket.close()]);
    return { ms, roundTrips: 2 };
  }
}
