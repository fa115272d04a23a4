import type { RoomDefinition } from '../../party/definition.ts';
import type { Host, HostSocket } from '../../party/runner/host.ts';
import { RoomRunner } from '../../party/runner/room-runner.ts';
import type { Room } from '../../src/contract/sockets/protocol.ts';
import type { Clock } from '../src/options.ts';
import { Alarm } from './alarm.ts';

/** The server's end of a connection to a room in memory. */
export interface RoomSocket extends HostSocket {
  /** Breaks the connection, since the host is gone. */
  break(): void;
}

/** What rooms in memory have around them. */
export interface Surroundings {
  readonly clock: Clock;
  /** Tells another room or the API something. */
  post(to: Room | 'worker', message: object): Promise<unknown>;
}

/** A room from its start until it is restarted. */
interface Life<State, Frame, Message> {
  readonly runner: RoomRunner<State, Frame, Message>;
  /** Rejects when the room is restarted. */
  readonly over: Promise<never>;
  end(): void;
}

const copy = (value: object): unknown => JSON.parse(JSON.stringify(value));

/** A room on a host in memory: it runs the machine that a server runs, by the same runner. */
export class MemoryRoom<State, Frame, Message> {
  readonly #id: string;
  readonly #definition: RoomDefinition<State, Frame, Message>;
  readonly #surroundings: Surroundings;
  readonly #sockets = new Map<string, RoomSocket>();
  readonly #alarm: Alarm;
  readonly #reminder: Alarm;
  /** What was written last, as JSON. */
  #kept: string | undefined;
  #life: Life<State, Frame, Message> | undefined;
  #isOver = false;

  constructor(
    id: string,
    definition: RoomDefinition<State, Frame, Message>,
    surroundings: Surroundings,
  ) {
    this.#id = id;
    this.#surroundings = surroundings;
    this.#alarm = new Alarm(surroundings.clock, () => void this.#live().runner.alarm());
    this.#reminder = new Alarm(surroundings.clock, () => void this.#live().runner.alarm());
    this.#definition = {
      ...definition,
      // The runner would count the time of the machine.
      reminder: (state) => {
        const at = definition.reminder?.(state);
        const { at: before } = this.#reminder;
        const isEarlier = at === undefined || before === undefined || at < before;
        if (isEarlier && !this.#isOver) this.#reminder.set(at);
        return undefined;
      },
    };
  }

  /**
   * Tells the room something and returns its answer.
   *
   * @throws when the message is none, or the room does not answer it
   */
  async tell(message: object): Promise<unknown> {
    const { runner, over } = this.#live();
    const told = await Promise.race([runner.tell(JSON.stringify(message)), over]);
    if (typeof told !== 'object') throw new Error(`The room ${this.#id} does not answer`);
    return copy(told);
  }

  async connect(socket: RoomSocket): Promise<void> {
    this.#sockets.set(socket.id, socket);
    await this.#live().runner.connect(socket, true);
  }

  hear(id: string, text: string): void | Promise<void> {
    if (this.#sockets.has(id)) return this.#live().runner.message(id, text);
  }

  async leave(id: string): Promise<void> {
    if (this.#sockets.delete(id)) await this.#live().runner.leave(id);
  }

  /** Ends the host with all that was not written; the room starts again when it is needed. */
  restart(): void {
    this.#life?.end();
    this.#life = undefined;
    this.#reminder.set(undefined);
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    for (const socket of sockets) socket.break();
  }

  dispose(): void {
    this.#isOver = true;
    this.restart();
    this.#alarm.set(undefined);
  }

  #live(): Life<State, Frame, Message> {
    if (this.#isOver) throw new Error('The test server has ended');
    this.#life ??= this.#begin();
    return this.#life;
  }

  #begin(): Life<State, Frame, Message> {
    let isAlive = true;
    let reject: (error: Error) => void = () => undefined;
    const over = new Promise<never>((_, given) => {
      reject = given;
    });
    // Nobody need wait for an answer when the room is restarted.
    over.catch(() => undefined);
    return {
      runner: new RoomRunner(
        this.#host(() => isAlive),
        this.#definition,
      ),
      over,
      end: () => {
        isAlive = false;
        reject(new Error(`The room ${this.#id} was restarted`));
      },
    };
  }

  /** The host of one life: what a former one still does has no effect. */
  #host(isAlive: () => boolean): Host {
    const { clock, post } = this.#surroundings;
    const whileAlive = (work: () => void) => {
      if (isAlive()) work();
    };
    return {
      id: this.#id,
      // Nothing is signed where nobody else can reach.
      secrets: [''],
      now: () => clock.now(),
      sockets: () => this.#sockets.values(),
      read: async () => (this.#kept === undefined ? undefined : JSON.parse(this.#kept)),
      write: (kept) =>
        whileAlive(() => {
          this.#kept = JSON.stringify(kept);
        }),
      forget: async () =>
        whileAlive(() => {
          this.#kept = undefined;
          this.#alarm.set(undefined);
        }),
      alarmAt: async () => this.#alarm.at ?? null,
      setAlarm: (at) => whileAlive(() => this.#alarm.set(at)),
      // Who was restarted hears of nothing any more.
      post: (to, message) =>
        new Promise((resolve, reject) => {
          if (!isAlive()) return;
          post(to, Object(copy(message))).then(
            (answer) => whileAlive(() => resolve(answer)),
            (error) => whileAlive(() => reject(error)),
          );
        }),
    };
  }
}
