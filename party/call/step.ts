import type { CallServerFrame } from '../../src/contract/sockets/call.ts';
import type { CloseReason } from '../../src/contract/sockets/protocol.ts';
import { drop } from '../outbox.ts';
import { differsExcept, MachineStep } from '../step.ts';
import {
  type Call,
  type CallSocket,
  type Member,
  memberOf,
  newStream,
  type Stream,
  UNWRITTEN,
} from './state.ts';

const unwritten: ReadonlySet<string> = new Set(UNWRITTEN);

/** One step of a call. */
export class CallStep extends MachineStep<Call, CallServerFrame> {
  protected differs(before: Call, after: Call): boolean {
    return differsExcept(unwritten, before, after);
  }

  get call(): Call {
    return this.state;
  }

  get members(): readonly Member[] {
    return this.state.members;
  }

  member(user: string): Member | undefined {
    return memberOf(this.state, user);
  }

  /** Changes a member; one that has these values already stays the same object. */
  setMember(user: string, change: Partial<Member>): void {
    const member = this.member(user);
    if (!member || isWithin(change, member)) return;
    const changed = { ...member, ...change };
    this.set({ members: this.members.map((other) => (other === member ? changed : other)) });
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

  /** The connections of a user. */
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

  /** Sends to the device that a user has the call on, or to all on which it rings. */
  sendToUser(user: string, frame: CallServerFrame): void {
    for (const socket of this.state.sockets)
      if (socket.user === user && socket.hello) this.send(socket.id, frame);
  }

  override close(id: string, why: CloseReason): void {
    super.close(id, why);
    this.dropSocket(id);
  }

  /** Drops what waits for a user's inbox and has lost its use with the end of the call. */
  dropPostsTo(user: string): void {
    const to = { party: 'inbox', id: user } as const;
    this.takeOver(drop(this.state.outbox, to, ({ durable }) => !durable));
  }
}

const isWithin = (change: Partial<Member>, member: Member): boolean => {
  for (const field in change) {
    const name = field as keyof Member;
    if (change[name] !== member[name]) return false;
  }
  return true;
};
