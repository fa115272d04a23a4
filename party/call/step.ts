import type { CallServerFrame } from '../../src/contract/sockets/call.ts';
import type { CloseReason } from '../../src/contract/sockets/protocol.ts';
import { drop } from '../outbox.ts';
import { differsExcept, MachineStep } from '../step.ts';
import type { ToInbox } from '../wire/messages.ts';
import { UNWRITTEN } from './kept.ts';
import type { CallSocket, Member, RoomCall, Stream } from './state.ts';
import { deviceOf, memberOf, newStream } from './state.ts';

const unwritten: ReadonlySet<string> = new Set(UNWRITTEN);

/** How long an inbox is tried to be told, in milliseconds: what it knows of a call expires. */
const TELL_MS = 120_000;

/** One step of a call. */
export class CallStep extends MachineStep<RoomCall, CallServerFrame> {
  protected differs(before: RoomCall, after: RoomCall): boolean {
    return differsExcept(unwritten, before, after);
  }

  get call(): RoomCall {
    return this.state;
  }

  get members(): readonly Member[] {
    return this.state.members;
  }

  member(user: string): Member | undefined {
    return memberOf(this.state, user);
  }

  /** Replaces the member of this user; one that is the same already stays as it is. */
  putMember(member: Member): void {
    const before = this.member(member.profile.user);
    if (!before || hasSameFields(before, member)) return;
    this.set({ members: this.members.map((other) => (other === before ? member : other)) });
  }

  socket(id: string): CallSocket | undefined {
    return this.state.sockets.find((socket) => socket.id === id);
  }

  /** Adds a socket, or replaces the one with its id. */
  setSocket(socket: CallSocket): void {
    this.set({ sockets: [...this.state.sockets.filter(({ id }) => id !== socket.id), socket] });
  }

  dropSocket(id: string): void {
    this.set({ sockets: this.state.sockets.filter((socket) => socket.id !== id) });
  }

  socketsOf(user: string): readonly CallSocket[] {
    return this.state.sockets.filter((socket) => socket.user === user);
  }

  stream(user: string): Stream {
    return this.state.streams.find((stream) => stream.user === user) ?? newStream(user);
  }

  /** Adds a stream, or replaces the one of its user. */
  putStream(stream: Stream): void {
    const streams = [...this.state.streams];
    const at = streams.findIndex(({ user }) => user === stream.user);
    streams[at < 0 ? streams.length : at] = stream;
    this.state = { ...this.state, streams };
  }

  /** Sends to all devices of a user that are here, also to those that wait to have the call. */
  sendToUser(user: string, frame: CallServerFrame): void {
    for (const socket of this.state.sockets)
      if (socket.user === user && socket.hello) this.send(socket.id, frame);
  }

  /** Sends to the device that has the call for a user. */
  sendToDevice(user: string, frame: CallServerFrame): void {
    const device = deviceOf(this.member(user));
    for (const socket of this.state.sockets)
      if (socket.user === user && socket.device === device && socket.hello)
        this.send(socket.id, frame);
  }

  override close(id: string, why: CloseReason): void {
    super.close(id, why);
    this.dropSocket(id);
  }

  /** Tells a user's inbox, also when the host ends before it has answered [C16]. */
  tellInbox(user: string, message: ToInbox): void {
    const to = { party: 'inbox', id: user } as const;
    this.post({ to, message, durable: true, until: this.now + TELL_MS });
  }

  /** Whether signals are on their way to a user's inbox. */
  hasSignalsFor(user: string): boolean {
    return this.state.outbox.queues.some(
      ({ to, items }) =>
        to !== 'worker' && to.id === user && items.some(({ message }) => message.type === 'signal'),
    );
  }

  /** Drops what waits for a user's inbox and is of no use after the end of the call [C16]. */
  dropPostsTo(user: string): void {
    const to = { party: 'inbox', id: user } as const;
    this.takeOver(drop(this.state.outbox, to, ({ durable }) => !durable));
  }
}

const hasSameFields = (one: Member, other: Member): boolean => {
  if (one.state !== other.state) return false;
  for (const field in other) {
    const name = field as keyof Member;
    if (one[name] !== other[name]) return false;
  }
  return true;
};
