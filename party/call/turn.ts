import type { CallServerFrame } from '../../src/contract/call-room.ts';
import type { ToCall, ToInbox, ToWorker } from '../../src/contract/room-messages.ts';
import type { CloseReason, Room } from '../../src/contract/rooms.ts';
import type { Posted } from '../outbox.ts';
import { post } from '../outbox.ts';
import type { Effect } from '../room.ts';
import { type Call, type CallSocket, type Member, newStream, own, type Stream } from './state.ts';

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
    return own(this.call.members, user);
  }

  get members(): readonly Member[] {
    return Object.values(this.call.members);
  }

  setMember(user: string, change: Partial<Member>) {
    const member = this.member(user);
    if (member) this.set({ members: { ...this.call.members, [user]: { ...member, ...change } } });
  }

  socket(id: string): CallSocket | undefined {
    return own(this.call.sockets, id);
  }

  setSocket(id: string, socket: CallSocket | undefined) {
    const { [id]: _, ...others } = this.call.sockets;
    this.set({ sockets: socket ? { ...others, [id]: socket } : others });
  }

  /** The connections of a user. */
  socketsOf(user: string): readonly (CallSocket & { readonly id: string })[] {
    return Object.entries(this.call.sockets).flatMap(([id, socket]) =>
      socket.user === user ? [{ id, ...socket }] : [],
    );
  }

  stream(user: string): Stream {
    return own(this.call.streams, user) ?? newStream();
  }

  setStream(user: string, change: Partial<Stream>) {
    this.set({ streams: { ...this.call.streams, [user]: { ...this.stream(user), ...change } } });
  }

  send(to: string, frame: CallServerFrame) {
    this.#effects.push({ type: 'send', to, frame });
  }

  /** To the device of somebody who is in the call; to all devices of somebody for whom it rings. */
  sendTo(user: string, frame: CallServerFrame) {
    for (const [id, socket] of Object.entries(this.call.sockets)) {
      if (socket.user === user && socket.hello) this.send(id, frame);
    }
  }

  close(id: string, why: CloseReason) {
    this.#effects.push({ type: 'close', id, why });
    this.setSocket(id, undefined);
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
  post(to: Room | 'worker', message: ToCall | ToInbox | ToWorker, durable: boolean, until: number | null) {
    this.posted(post(this.call.outbox, { to, message, durable, until }));
    if (durable) this.keep();
  }

  /** Takes over what became of the outbox. */
  posted({ outbox, effects }: Posted) {
    this.set({ outbox });
    this.#effects.push(...effects);
  }
}
