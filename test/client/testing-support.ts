import { expect, vi } from 'vitest';
import type { Client } from '../../client/src/client.ts';
import { createClient } from '../../client/src/client.ts';
import type { StopReason } from '../../client/src/inbox/types.ts';
import { openInbox } from '../../client/src/inbox.ts';
import { memoryStorage } from '../../client/src/options.ts';
import type { TestClock, TestServer } from '../../client/src/testing/types.ts';
import { createTestClock, createTestServer } from '../../client/testing/index.ts';

/** A test server with clients on it, on a clock that the test moves. */
export class TestStage {
  readonly clock: TestClock = createTestClock();
  readonly server: TestServer = createTestServer({ clock: this.clock });
  readonly #clients: { dispose(): void }[] = [];

  constructor() {
    // Otherwise all clients of one person here are tabs of one browser.
    vi.stubGlobal('navigator', {});
  }

  /** Opens a client; what is in the storage is its session. */
  open(storage = memoryStorage()): Client {
    const { url, fetch, WebSocket } = this.server;
    const { clock } = this;
    return this.keep(createClient({ url, fetch, WebSocket, clock, storage, language: 'en' }));
  }

  /** Disposes of something at the end. */
  keep<Part extends { dispose(): void }>(part: Part): Part {
    this.#clients.push(part);
    return part;
  }

  /** A device of somebody, with its inbox connected, and what it was told. */
  async deviceOf(name: string) {
    const person = await this.server.signIn(name);
    const client = this.open(person.storage);
    const inbox = this.keep(openInbox(client));
    const stopped: StopReason[] = [];
    const missed: string[] = [];
    inbox.on('stopped', ({ reason }) => stopped.push(reason));
    inbox.on('missed', ({ ring }) => missed.push(ring.call));
    await this.clock.pass(0);
    expect(inbox.link.get()).toEqual({ state: 'online' });
    return { ...person, client, inbox, stopped, missed };
  }

  /** Calls somebody by the API alone. */
  async dial(client: Client, to: string) {
    const answer = await client.request('startCall', { to });
    await this.clock.pass(0);
    return answer;
  }

  disposeOfClients() {
    for (const one of this.#clients.splice(0).reverse()) one.dispose();
  }

  end() {
    this.disposeOfClients();
    this.server.dispose();
    vi.unstubAllGlobals();
  }
}
