import type { Connection } from './connection.ts';
import type { PersonView } from './events.ts';
import type { Loudspeaker } from './loudspeaker.ts';
import type { Status } from './status-channel.ts';
import type { Person } from './types.ts';

const isSame = (a: Person | undefined, b: Person): boolean =>
  (Object.keys(b) as (keyof Person)[]).every((name) => a?.[name] === b[name]);

/** The people of a call: what the machine knows of them, and what arrives from them. */
export class PeopleView {
  readonly #connections: ReadonlyMap<number, Connection>;
  readonly #speaker: Loudspeaker;
  /** What somebody had on before their connection was made anew. */
  readonly #statuses = new Map<string, Status>();
  #shown: readonly Person[] = [];

  constructor(connections: ReadonlyMap<number, Connection>, speaker: Loudspeaker) {
    this.#connections = connections;
    this.#speaker = speaker;
  }

  /** Puts everybody together; the same list comes again while nothing has changed. */
  of(people: readonly PersonView[]): readonly Person[] {
    const now = people.map((one) => this.#personOf(one));
    for (const { user } of this.#shown)
      if (!now.some((one) => one.user === user && one.stream)) this.#speaker.stop(user);
    const isSameList =
      now.length === this.#shown.length && now.every((one, at) => isSame(this.#shown[at], one));
    if (!isSameList) this.#shown = now;
    return this.#shown;
  }

  #personOf(view: PersonView): Person {
    const { connection: number, ...person } = view;
    const connection = number === undefined ? undefined : this.#connections.get(number);
    const arriving = connection?.arriving;
    const status = connection?.status ?? this.#statuses.get(view.user);
    if (status) this.#statuses.set(view.user, status);
    if (arriving && arriving.sound.length > 0) this.#speaker.play(view.user, arriving.sound);
    return {
      ...person,
      stream: arriving?.stream,
      screen: arriving?.screen,
      microphone: status?.microphone,
      camera: status && status.camera !== null,
      quality: connection?.quality ?? 'unknown',
      safety: connection?.safety ?? NONE,
    };
  }
}

const NONE: readonly string[] = [];
