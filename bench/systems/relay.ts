import { Socket } from './socket.ts';
import type { Pair, Ring, Side, System } from './system.ts';
import { SDP, toJson } from './texts.ts';

const sideOf = (socket: Socket): Side => {
  const side: Side = {
    send: (candidate) => socket.send({ type: 'candidate', candidate: toJson(candidate) }),
    heard: () => undefined,
    ping: () => undefined,
    end: () => socket.close(),
  };
  socket.heard = ({ candidate }) => side.heard((candidate as { candidate: string }).candidate);
  return side;
};

/** A bare relay, in Node or in a room of workerd: whoever knows the address is in the call. */
export class Relay implements System {
  readonly name: string;
  readonly #url: string;
  #calls = 0;

  constructor(name: string, url: string) {
    this.name = name;
    this.#url = url.replace('http', 'ws');
  }

  async connect(): Promise<Pair> {
    const room = `${this.#url}/${this.#calls++}`;
    const callee = await Socket.open(room);
    const caller = await Socket.open(room);
    const offer = callee.next('offer');
    caller.send({ type: 'offer', sdp: SDP });
    await offer;
    const answer = caller.next('answer');
    callee.send({ type: 'answer', sdp: SDP });
    await answer;
    return [sideOf(caller), sideOf(callee)];
  }

  async ring(): Promise<Ring> {
    const room = `${this.#url}/${this.#calls++}`;
    const callee = await Socket.open(room);
    const offer = callee.next('offer');
    const began = performance.now();
    const caller = await Socket.open(room);
    caller.send({ type: 'offer', sdp: SDP });
    await offer;
    const ms = performance.now() - began;
    await Promise.all([caller.close(), callee.closed]);
    return { ms, roundTrips: 2 };
  }
}
