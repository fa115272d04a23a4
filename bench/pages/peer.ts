import type { MediaConnection } from 'peerjs';
import { Peer } from 'peerjs';
import type { MeasuredPage } from './page.ts';
import { VIDEO } from './page.ts';

let peer: Peer;
let incoming: MediaConnection | undefined;
let call: MediaConnection | undefined;

let mine: MediaStream | undefined;

const capture = async () => {
  mine = await navigator.mediaDevices.getUserMedia({ audio: true, video: VIDEO });
  return mine;
};

const watch = (made: MediaConnection) => {
  call = made;
  made.on('close', () => {
    call = undefined;
    incoming = undefined;
    for (const track of mine?.getTracks() ?? []) track.stop();
  });
};

const page: MeasuredPage = {
  start: async ({ url, id }) => {
    const { hostname, port } = new URL(url);
    const config = { iceServers: [] };
    peer = new Peer(id, { host: hostname, port: Number(port), path: '/', config });
    peer.on('call', (made) => {
      incoming = made;
    });
    // As its documentation has it: the connection to the server does not come back by itself.
    peer.on('disconnected', () => peer.reconnect());
    await new Promise<void>((resolve) => peer.once('open', () => resolve()));
  },
  call: async (to) => {
    if (peer.disconnected) await new Promise<void>((resolve) => peer.once('open', () => resolve()));
    watch(peer.call(to, await capture()));
  },
  rings: () => incoming !== undefined,
  accept: async () => {
    if (!incoming) return;
    incoming.answer(await capture());
    watch(incoming);
  },
  hangUp: async () => call?.close(),
  describe: async () => ({ isOpen: call?.open }),
  isIdle: () => call === undefined && incoming === undefined,
};
Object.assign(globalThis, { page });
