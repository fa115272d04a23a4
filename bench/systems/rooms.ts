import type { User } from '../users.ts';
import { Api } from './api.ts';
import type { Socket } from './socket.ts';
import { within } from './socket.ts';
import type { Pair, Ring, Side, System } from './system.ts';
import { SDP, toJson } from './texts.ts';

interface CarriedCandidate {
  readonly candidate?: { readonly candidate: string };
}

/** How many signals a client takes before it acknowledges them, unless five seconds pass first. */
const ACK_EVERY = 16;

/** A client of the `call` room that follows docs/protocol.md. */
class CallSide implements Side {
  heard: Side['heard'] = () => undefined;
  readonly #socket: Socket;
  #seq: number;
  /** The last signal that is not acknowledged yet, and how many there are. */
  #seen: object | undefined;
  #unacked = 0;

  constructor(socket: Socket, received: number) {
    this.#socket = socket;
    this.#seq = received;
    socket.heard = (frame) => {
      if (frame.type !== 'signal') return;
      const { from, epoch, seq, signals } = frame;
      this.#seen = { [String(from)]: { epoch, seq } };
      this.#unacked += 1;
      if (this.#unacked >= ACK_EVERY) this.#ack();
      for (const { candidate } of signals as CarriedCandidate[])
        if (candidate) this.heard(candidate.candidate);
    };
  }

  signal(signal: object): void {
    this.#seq += 1;
    this.#socket.send({ type: 'signal', seq: this.#seq, signal });
  }

  send(candidate: string): void {
    this.signal({ kind: 'candidate', candidate: toJson(candidate) });
  }

  /** Acknowledges signals, and asks for a sign of life. */
  ping(): void {
    this.#ack();
    this.#socket.sendText('ping');
  }

  #ack() {
    if (this.#seen) this.#socket.send({ type: 'ack', seen: this.#seen });
    this.#seen = undefined;
    this.#unacked = 0;
  }

  end(): Promise<void> {
    this.#socket.send({ type: 'hangup' });
    return within('The end of a call', this.#socket.closed);
  }
}

/**
 * The rooms, with all that their protocol has: sign-in, tickets, numbered signals,
 * acknowledgements.
 */
export class Rooms implements System {
  readonly name = 'rooms';
  readonly #api: Api;
  readonly #users: User[];
  readonly #waiting: { readonly caller: User; readonly callee: User; readonly inbox: Socket }[] =
    [];

  /** @param users each takes part in one call, so that no limit matters; except in {@link ring} */
  constructor(url: string, users: readonly User[]) {
    this.#api = new Api(url);
    this.#users = [...users];
  }

  connect(): Promise<Pair> {
    return this.call(this.#takeUser(), this.#takeUser());
  }

  /** Makes a call that is accepted and has exchanged offer and answer. */
  async call(caller: User, callee: User): Promise<Pair> {
    const { callId, ...admission } = await this.#api.call(caller, callee, SDP);
    const [one, other] = await Promise.all([
      this.#api.enter(admission),
      this.#api.ticket(callee, callId).then((ticket) => this.#api.enter(ticket)),
    ]);
    const offer = other.socket.next('signal');
    const accepted = one.socket.next('state');
    other.socket.send({ type: 'accept' });
    await Promise.all([offer, accepted]);
    const pair = [
      new CallSide(one.socket, one.received),
      new CallSide(other.socket, other.received),
    ] as const;
    const answer = one.socket.next('signal');
    pair[1].signal({ kind: 'answer', sdp: SDP });
    await answer;
    return pair;
  }

  /** Opens the inboxes of so many callees, and chooses a caller for each. */
  async prepare(count: number): Promise<void> {
    while (this.#waiting.length < count) {
      const [caller, callee] = [this.#takeUser(), this.#takeUser()];
      const { socket } = await this.#api.enter(await this.#api.inbox(callee));
      this.#waiting.push({ caller, callee, inbox: socket });
    }
  }

  async ring(): Promise<Ring> {
    // Each pair only once: after a call that was declined the caller has to pause [C29].
    const chosen = this.#waiting.shift();
    if (!chosen) throw new Error('Nobody waits');
    const { caller, callee, inbox } = chosen;
    const ringing = inbox.next('ring');
    const began = performance.now();
    const posted = this.#api.call(caller, callee, SDP);
    const { call } = await ringing;
    const ms = performance.now() - began;
    await posted;
    const stopped = inbox.next('stop');
    inbox.send({ type: 'decline', call });
    await stopped;
    return { ms, roundTrips: 1 };
  }

  #takeUser(): User {
    const user = this.#users.pop();
    if (!user) throw new Error('There are not enough users');
    return user;
  }
}
