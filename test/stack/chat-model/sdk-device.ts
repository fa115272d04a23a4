import { setImmediate } from 'node:timers/promises';
import type { OpenChat } from '../../../client/src/chat.ts';
import type { Device } from '../../support/calls/device.ts';
import type { SdkDevice } from '../../support/chats/sdk.ts';
import { closeSdk, openSdk } from '../../support/chats/sdk.ts';
import type { ShownChat } from './truth.ts';
import { toldOf } from './truth.ts';

/** A device with the SDK that opens every chat of its list, with all messages and members. */
export class ModelDevice {
  readonly device: Device;
  /** Every message that was ever shown here, as `<chat>:<seq>`. */
  readonly shown = new Set<string>();
  readonly #sdk: SdkDevice;
  readonly #open = new Map<string, OpenChat>();

  private constructor(device: Device, sdk: SdkDevice) {
    this.device = device;
    this.#sdk = sdk;
    sdk.chats.list.subscribe((list = []) => {
      for (const { id } of list) this.#openChat(id);
    });
  }

  static async create(device: Device): Promise<ModelDevice> {
    return new ModelDevice(device, await openSdk(device.token));
  }

  get userId(): string {
    return this.device.user.id;
  }

  /** Whether frames are lost on their way. */
  set deaf(isDeaf: boolean) {
    this.#sdk.inbox.deaf = isDeaf;
  }

  /** Opens the inbox, and waits until what was missed is there. */
  async wake(): Promise<void> {
    await this.#sdk.inbox.connect();
    await this.settle();
  }

  /** Loses its connection without a word. */
  sleep(): void {
    this.#sdk.inbox.drop();
  }

  /** Asks sync, whatever it knows. */
  async catchUp(): Promise<void> {
    this.#sdk.inbox.tell('welcome', {});
    await this.settle();
  }

  /** Waits until nothing is asked any more. */
  async settle(): Promise<void> {
    const { chats, network } = this.#sdk;
    const isBusy = () => network.underWay > 0 || chats.freshness.get() === 'catching_up';
    for (let quiet = 0; quiet < 3; quiet = isBusy() ? 0 : quiet + 1) await setImmediate();
    const more = [...this.#open.values()].filter(({ hasOlder }) => hasOlder.get());
    if (more.length === 0) return;
    await Promise.all(more.map((chat) => chat.older()));
    await this.settle();
  }

  /** What the device shows, in an order that does not depend on how it came. */
  view(): readonly ShownChat[] {
    return (this.#sdk.chats.list.get() ?? [])
      .map(({ draft: _, typing: __, ...chat }) => ({
        id: chat.id,
        chat: toldOf(chat),
        messages: (this.#open.get(chat.id)?.messages.get() ?? []).map((message) => {
          const { seq = 0, senderId, text, deleted, editedAt = '', clientId = '' } = message;
          return [seq, senderId, deleted ? 'deleted' : text, editedAt, clientId] as const;
        }),
        // The members of a channel are not compared: most may not see them.
        members:
          chat.type === 'channel' ? [] : (this.#open.get(chat.id)?.members.get() ?? ['unread']),
      }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  close(): void {
    closeSdk(this.#sdk);
  }

  #openChat(id: string): void {
    if (this.#open.has(id)) return;
    const chat = this.#sdk.chats.chat(id);
    this.#open.set(id, chat);
    chat.members.subscribe(() => undefined);
    chat.messages.subscribe((messages) => {
      for (const { seq } of messages) this.shown.add(`${id}:${seq}`);
    });
  }
}
