import type { Room } from '../../src/contract/sockets/protocol.ts';
import type { Entrant } from '../wire/messages.ts';
import type { RoomSecrets } from '../wire/signature.ts';

/** One connection, as every host has it. */
export interface HostSocket {
  readonly id: string;
  /** Whom the Worker let in; a host that sleeps keeps it with the socket. */
  readonly who: Entrant | undefined;
  /** When it was heard last, as far as the host knows; in milliseconds since 1970. */
  heardAt(): number;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** What a room needs of its host. Hosts differ in nothing else. */
export interface Host {
  /** The id of the room. */
  readonly id: string;
  readonly secrets: RoomSecrets;
  now(): number;
  sockets(): Iterable<HostSocket>;
  /** Reads what was written last; undefined if nothing was. */
  read(): Promise<unknown>;
  write(kept: unknown): void;
  /** Deletes what was written, and the alarm. */
  forget(): Promise<void>;
  /** When the alarm goes off, in milliseconds since 1970; null if none is set. */
  alarmAt(): Promise<number | null>;
  setAlarm(at: number): void;
  /** Tells another room or the Worker something; resolves to the JSON that it answers. */
  post(to: Room | 'worker', message: object): Promise<unknown>;
}
