import type { CallServerFrame } from '../../src/contract/sockets/call.ts';
import type { CloseReason, Room } from '../../src/contract/sockets/protocol.ts';
import type { Effect } from '../definition.ts';
import { drop, type Letter, type Posted, post } from '../outbox.ts';
import type { ToCall, ToInbox, ToWorker } from '../wire/messages.ts';
import {
  type Call,
  type CallSocket,
  type Member,
  memberOf,
  newStream,
  type Stream,
} from './state.ts';

/** One step of a call, while it is taken: the call so far, and what is to be done. Nothing outside sees it before it is over. */
export class Turn {
  call: Call;
  readonly now: number;
  readonly #effects: Effect[] = [];
  #keep = false;

  constructor(call: Call, now: number) {
    this.call = call;
    this.now = now;
  }

  /** What is to be done; what has to be written first. */
  get effects(): readonly Effect[] {
    return this.#keep ? [{ type: 'keep' }, ...this.#effects] : this.#effects;
  }

  set(change: Partial<Call>) {
    this.call = { ...this.call, ...change };
  }

  /** The call has changed in what outlives its host. */
  keep() {
    this.#keep = true;
  }

  member(user: string): Member | undefined {
    return memberOf(this.call, user);
  }

  get members(): readonly Member[] {
    return this.call.members;
  }

  setMember(user: string, change: Partial<Member>) {
    const changed = (member: Member) =>
      member.profile.user === user ? { ...member, ...change } : member;
    this.set({ members: this.call.members.map(changed) });
  }

  socket(id: string): CallSocket | undefined {
    return this.call.sockets.find((socket) => socket.id === id);
  }

  /** Puts a socket in, or in the place of the one with its id. */
  setSocket(socket: CallSocket) {
    this.set({ sockets: [...this.call.sockets.filter(({ id }) => id !== socket.id), socket] });
  }

  dropSocket(id: string) {
    this.set({ sockets: this.call.sockets.filter((socket) => socket.id !== id) });
  }

  /** The connections of a user. */
  socketsOf(user: string): readonly CallSocket[] {
    return this.call.sockets.filter((socket) => socket.user === user);
  }

  stream(user: string): Stream {
    return this.call.streams.find((stream) => stream.user === user) ?? newStream(user);
  }

  /** Puts a stream in, or in the place of the one of its user. */
  putStream(stream: Stream) {
    const streams = [...this.call.streams];
    const at = streams.findIndex(({ user }) => user === stream.user);
    streams[at < 0 ? streams.length : at] = stream;
    this.call = { ...this.call, streams };
  }

  send(to: string, frame: CallServerFrame) {
    this.#effects.push({ type: 'send', to, frame });
  }

  /** To the device of somebody who is in the call; to all devices of somebody for whom it rings. */
  sendTo(user: string, frame: CallServerFrame) {
    for (const socket of this.call.sockets)
      if (socket.user === user && socket.hello) this.send(socket.id, frame);
  }

  close(id: string, why: CloseReason) {
    this.#effects.push({ type: 'close', id, why });
    this.dropSocket(id);
  }

  reply(request: string, answer: object) {
    this.#effects.push({ type: 'reply', request, answer });
  }

  /** Nothing is left to be written. */
  forget() {
    this.#keep = false;
    this.#effects.push({ type: 'forget' });
  }

  /** Tells another room or the Worker. What is durable is tried until `until`, whatever becomes of the host; null = for ever. */
  post(
    to: Room | 'worker',
    message: ToCall | ToInbox | ToWorker,
    durable: boolean,
    until: number | null,
  ) {
    this.postLetter({ to, message, durable, until });
  }

  /** As {@link post}. */
  postLetter(letter: Letter) {
    this.posted(post(this.call.outbox, letter));
    if (letter.durable) this.keep();
  }

  /** Drops what waits for the inbox of somebody and has to be told to nobody any more. */
  dropSignals(user: string) {
    this.posted(drop(this.call.outbox, { party: 'inbox', id: user }, ({ durable }) => !durable));
  }

  /** Takes over what became of the outbox. */
  posted({ outbox, effects }: Posted) {
    this.set({ outbox });
    this.#effects.push(...effects);
  }
}
