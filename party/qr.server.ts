import type { Connection } from 'partyserver';
import { Server } from 'partyserver';
import { CLOSE, QrMessage, qrRoomExpiry } from '../src/contract/rooms.ts';
import type { QrEffect, QrEvent, QrState } from './qr.machine.ts';
import { step } from './qr.machine.ts';

/** A `qr` room on PartyServer: carries out what {@link step} decides. The Worker lets in only whoever has its id, which says when it ends. */
export class QrRoom extends Server<Env> {
  static override options = { hibernate: true };
  #state: QrState = { expiresAt: 0, told: undefined };

  override async onStart(): Promise<void> {
    const { storage } = this.ctx;
    this.#state = { expiresAt: qrRoomExpiry(this.name), told: await storage.get('told') };
    // Answered without waking the room.
    this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
    // PartyServer has written to the storage by now, so even a room where nothing happens has to be cleared.
    if ((await storage.getAlarm()) === null) await storage.setAlarm(this.#state.expiresAt);
  }

  override onConnect(connection: Connection): Promise<void> {
    return this.#handle({ type: 'join', id: connection.id, connections: [...this.getConnections()].length });
  }

  override onMessage(connection: Connection, frame: string | ArrayBuffer | ArrayBufferView): Promise<void> {
    const length = typeof frame === 'string' ? frame.length : frame.byteLength;
    return this.#handle({ type: 'frame', id: connection.id, length });
  }

  /** What the Worker tells the room. Requests from outside do not come here. */
  override async onRequest(request: Request): Promise<Response> {
    await this.#handle({ type: 'tell', message: QrMessage.parse(await request.json()) });
    return new Response(null, { status: 204 });
  }

  override onAlarm(): Promise<void> {
    return this.#handle({ type: 'alarm' });
  }

  async #handle(event: QrEvent): Promise<void> {
    const { state, effects } = step(this.#state, event, Date.now());
    this.#state = state;
    for (const effect of effects) await this.#perform(effect);
  }

  async #perform(effect: QrEffect): Promise<void> {
    switch (effect.type) {
      case 'send': {
        const text = JSON.stringify(effect.message);
        for (const connection of this.#connections(effect.to)) connection.send(text);
        return;
      }
      case 'close': {
        const { code, reason } = CLOSE[effect.why];
        for (const connection of this.#connections(effect.id)) connection.close(code, reason);
        return;
      }
      case 'keep':
        return this.ctx.storage.put('told', effect.told);
      case 'forget':
        await this.ctx.storage.deleteAlarm();
        return this.ctx.storage.deleteAll();
    }
  }

  #connections(id: string | undefined): Iterable<Connection> {
    if (id === undefined) return this.getConnections();
    const connection = this.getConnection(id);
    return connection ? [connection] : [];
  }
}
