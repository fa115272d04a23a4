import type { CallEffect } from '../../../client/src/call/events.ts';
import type { Peer } from '../../../client/src/call/peer.ts';
import { createPeer } from '../../../client/src/call/peer.ts';
import type { Signal } from '../../../client/src/contract.ts';
import type { ClientWorld } from './client-world.ts';
import type { Owner, Tell } from './owner.ts';
import { SimulatedConnection } from './peer-connection.ts';

/** A connection, its negotiation, and what of the other side it was given, in order. */
export interface Talk {
  readonly connection: SimulatedConnection;
  readonly peer: Peer;
  readonly said: Signal[];
  readonly heard: Signal[];
}

/** Begins a connection as the machine wants it. */
export const beginTalk = (
  world: ClientWorld,
  { connection: id, polite, offers, held }: Extract<CallEffect, { type: 'peer' }>,
  { name, owner, tell }: { readonly name: string; readonly owner: Owner; readonly tell: Tell },
): Talk => {
  const connection = new SimulatedConnection(`${name}.${id}`, {
    clock: world.clock,
    path: () => owner.path,
    touch: () => world.touch(),
    report: (broken) => world.report(broken),
  });
  connection.isHeld = held;
  const said: Signal[] = [];
  const peer = createPeer(connection, {
    polite,
    held,
    onSignal: (signal) => {
      said.push(signal);
      tell({ type: 'signalMade', connection: id, signal });
    },
    onMedia: (state) => tell({ type: 'mediaState', connection: id, state }),
    onError: (what) => world.errors.push(`${connection.id} ${what}`),
    beforeAnswer: () => connection.useTransceiver(),
  });
  world.media.add(connection, () => owner.path);
  if (offers) connection.addTransceiver();
  return { connection, peer, said, heard: [] };
};
