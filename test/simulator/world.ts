import { readCall } from '../../party/call/kept.ts';
import { RUNG_MS } from '../../party/call/ringing.ts';
import { callRoomDefinition } from '../../party/call/room.ts';
import type { CallRoomState, RoomCall } from '../../party/call/state.ts';
import { deviceOf, memberOf } from '../../party/call/state.ts';
import type { Effect } from '../../party/definition.ts';
import { inboxRoomDefinition } from '../../party/inbox/room.ts';
import { Answers, Batch } from '../../party/wire/batch.ts';
import type { Entrant } from '../../party/wire/messages.ts';
import { ToInbox } from '../../party/wire/messages.ts';
import { CallServerFrame } from '../../src/contract/sockets/call.ts';
import type { Room } from '../../src/contract/sockets/protocol.ts';
import { hold } from './broken.ts';
import { Clock } from './clock.ts';
import { Device } from './device.ts';
import type { CallRoom, DeviceWorld, InboxRoom } from './device-world.ts';
import { SimulatedRoom } from './host.ts';
import { Ledger } from './ledger.ts';
import { checkCallBack, checkLate, checkWaitingCall } from './legacy-callers.ts';
import { LegacyDevice } from './legacy-device.ts';
import type { ClientEnd, Connection, Entrance, OnAnswer } from './network.ts';
import { Link, Posts } from './network.ts';
import { RingLedger } from './pauses.ts';
import type { Surroundings } from './surroundings.ts';
import { Traffic } from './traffic.ts';
import { SimulatedWorker } from './worker.ts';

/** All devices: the letter is the user, and the names of legacy devices end with an o. */
export const DEVICES = 'A1 A2 Ao B1 B2 Bo C1 Co D1 E1 F1 G1 H1'.split(' ');

/** A device of either kind. */
export type AnyDevice = Device | LegacyDevice;

/** The machines that the rooms are made of. */
export interface Machines {
  readonly call: typeof callRoomDefinition;
  readonly inbox: typeof inboxRoomDefinition;
}

/** A call that tells an inbox something, and whose inbox it is. */
interface Addressed {
  readonly call: string;
  readonly user: string;
}

/**
 * Users with their devices, the Worker, and the rooms, on one clock and a network that can fail.
 */
export class World implements DeviceWorld {
  readonly clock = new Clock();
  readonly posts = new Posts(this.clock);
  readonly calls = new Map<string, CallRoom>();
  readonly inboxes = new Map<string, InboxRoom>();
  readonly devices = new Map<string, AnyDevice>();
  /** What was done and by whom, for the checks at the end. */
  readonly noted = new Set<string>();
  /** Calls that gave way because the callee's inbox knew of another call between the two. */
  readonly withdrawn = new Set<string>();
  /** The users who broke the protocol: what is said to and by them may be lost. */
  readonly hostile = new Set<string>();
  readonly ledger = new Ledger(this.hostile);
  readonly rings = new RingLedger();
  /** When somebody was rung last, or was said to be in a call, as their inbox has heard. */
  readonly rungAt = new Map<string, number>();
  readonly worker = new SimulatedWorker({
    clock: this.clock,
    posts: this.posts,
    call: (id) => this.call(id),
    inbox: (user) => this.inbox(user),
  });
  readonly #machines: Machines;
  readonly #traffic = new Traffic();
  #links = 0;

  constructor(machines: Machines = { call: callRoomDefinition, inbox: inboxRoomDefinition }) {
    this.#machines = machines;
  }

  call(id: string): CallRoom {
    const known = this.calls.get(id);
    if (known) return known;
    const room = new SimulatedRoom(
      this.#machines.call,
      id,
      this.#surroundings((state: CallRoomState, effect, connection) =>
        this.#lookAtCall(state, effect, connection),
      ),
    );
    this.calls.set(id, room);
    return room;
  }

  inbox(user: string): InboxRoom {
    const known = this.inboxes.get(user);
    if (known) return known;
    const room = new SimulatedRoom(
      this.#machines.inbox,
      user,
      this.#surroundings((_, effect, connection) => {
        const isOwn = connection === undefined || connection.who.user === user;
        hold(
          isOwn || effect.type === 'close',
          () => `the inbox of ${user} tells ${connection?.who.user} something`,
        );
      }),
    );
    this.inboxes.set(user, room);
    return room;
  }

  device(name: string): AnyDevice {
    const known = this.devices.get(name);
    if (known) return known;
    const device = name.endsWith('o') ? new LegacyDevice(this, name) : new Device(this, name);
    this.devices.set(name, device);
    return device;
  }

  link(room: CallRoom | InboxRoom, who: Entrant, client: ClientEnd, latency: () => number): Link {
    this.#links += 1;
    const entrance: Entrance = {
      connect: (connection) =>
        this.worker.lives(who.sid) ? room.connect(connection) : connection.close(4001),
      frame: (id, text) => room.frame(id, text),
      leave: (id) => room.leave(id),
    };
    return new Link(this.clock, `w${this.#links}`, entrance, who, client, latency);
  }

  checkFirstRing(name: string, call: string) {
    checkLate(this, name, call);
  }

  runningCallOf(user: string): string | undefined {
    const running = [...this.calls.values()].flatMap((room) => liveCall(room) ?? []);
    const isIn = (call: RoomCall) => deviceOf(memberOf(call, user)) !== undefined;
    return running.find((call) => call.state === 'accepted' && isIn(call))?.id;
  }

  note(what: string) {
    this.noted.add(what);
  }

  #surroundings<State>(look: Surroundings<State>['look']): Surroundings<State> {
    return {
      clock: this.clock,
      post: (from, to, message, onAnswer) => this.#post(from, to, message, onAnswer),
      look,
    };
  }

  #post(from: Room, to: Room | 'worker', message: object, onAnswer: OnAnswer) {
    const [first = message] = Batch.safeParse(message).data?.messages ?? [];
    // A fault applies to a whole request, which is named for its first message.
    const type = typeof first === 'object' && first && 'type' in first ? String(first.type) : '';
    // Inboxes hand each other the signals of legacy devices alone [C47].
    const isAllowed =
      to === 'worker' ||
      (from.party === 'call' && to.party === 'inbox') ||
      (from.party === 'inbox' && (to.party === 'call' || type === 'signal'));
    hold(isAllowed, () => `${from.party} tells ${JSON.stringify(to)} something`);
    this.posts.carry(
      to === 'worker' ? to : to.id,
      type,
      (hear) => {
        if (to === 'worker') this.worker.hear(message, hear);
        else if (to.party === 'call') this.call(to.id).ask(message, hear);
        else
          this.inbox(to.id).ask(message, (answer) => {
            this.#heard({ call: from.id, user: to.id }, message, answer);
            hear(answer);
          });
      },
      onAnswer,
    );
  }

  /** Checks what a call told an inbox, and what the inbox answered. */
  #heard({ call, user }: Addressed, said: object, answer: unknown) {
    const messages = Batch.safeParse(said).data?.messages;
    const answers = Answers.safeParse(answer).data?.answers ?? [];
    if (!messages) return this.#heardOne({ call, user }, ToInbox.parse(said), answer);
    for (const [index, message] of messages.entries()) {
      this.#heardOne({ call, user }, ToInbox.parse(message), answers[index]);
    }
  }

  #heardOne({ call, user }: Addressed, message: ToInbox, answer: unknown) {
    this.rings.note(user, message, answer, this.clock.now);
    const text = JSON.stringify(answer) ?? '';
    if (message.type === 'dial') checkCallBack(this, message, text);
    if (['ring', 'active'].includes(message.type)) this.rungAt.set(user, this.clock.now);
    if (message.type !== 'ring') return;
    const devices = [...this.devices.values()].filter((device) => device instanceof Device);
    const listens = devices.some((device) => device.user === user && device.listens);
    checkWaitingCall(this, user, { answer: text, listens });
    if (/^\{"outcome":"(instead|limited)"/.test(text)) this.#withdraw(call);
  }

  /** A call gives way only while its caller may still wait to hear which call they are in. */
  #withdraw(id: string) {
    this.withdrawn.add(id);
    const { createdAt = 0, state } = this.call(id).state?.call ?? {};
    // Those who talk go on, and a call that is over does not hear of it.
    if (state === 'accepted' || state === 'ended') return;
    const rang = this.clock.now - createdAt;
    hold(
      this.worker.made.get(id) !== 'created' || rang >= RUNG_MS,
      () => `${id} gives way after it was said to ring`,
    );
  }

  /**
   * Checks that only members hear of a call, and that nobody is told to have it while another
   * device of theirs does.
   */
  #lookAtCall({ id, call }: CallRoomState, effect: Effect, connection: Connection | undefined) {
    if (effect.type === 'post') {
      const mayFail = this.noted.has('failure') || this.noted.has('restart');
      if (call) this.#traffic.look(call, effect, mayFail);
      const { to } = effect;
      const isKnown = to === 'worker' || (call && memberOf(call, to.id) !== undefined);
      hold(isKnown === true, () => `${id} tells ${JSON.stringify(to)} what is none of theirs`);
    }
    if (effect.type !== 'send' || !connection) return;
    hold(
      CallServerFrame.safeParse(effect.frame).success,
      () => `${JSON.stringify(effect.frame)} is no frame`,
    );
    const { user, device } = connection.who;
    const member = call && memberOf(call, user);
    hold(
      member !== undefined,
      () => `${user} is in no ${id}, and hears ${JSON.stringify(effect.frame)}`,
    );
    const { frame } = effect;
    const tellsEntry =
      'state' in frame && 'type' in frame && frame.type === 'state' && frame.state === 'accepted';
    const isJoined = member.state === 'joined' && member.device === device;
    hold(
      !tellsEntry || isJoined,
      () => `${device} hears that it has ${id}, which ${deviceOf(member)} has`,
    );
  }
}

/** The call of a room, while it lives. */
export const liveCall = (room: CallRoom): RoomCall | undefined => {
  const { state, written } = room;
  // A room that does not run will start with what was written.
  const call: RoomCall | undefined = state
    ? state.call
    : written === undefined
      ? undefined
      : readCall(JSON.parse(written));
  return call && call.state !== 'ended' ? call : undefined;
};
