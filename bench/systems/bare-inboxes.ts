import { Socket } from './socket.ts';
import type { Pair, Side } from './system.ts';
import { SDP, toJson } from './texts.ts';

const sideOf = (socket: Socket): Side => {
  const side: Side = {
    send: (candidate) =>
      socket.send({ event: 'call:ice', payload: { candidate: toJson(candidate) } }),
    heard: () => undefined,
    ping: () => undefined,
    end: () => socket.close(),
  };
  socket.heard = ({ payload }) => {
    const { candidate } = payload as { candidate: { candidate: string } };
    side.heard(candidate.candidate);
  };
  return side;
};

/** Connects two clients by rooms of their own, without any code of ours: see its worker. */
export const connectBareInboxes = async (url: string, call: number): Promise<Pair> => {
  const [one, other] = [`/${call}-1`, `/${call}-2`];
  const base = url.replace('http', 'ws');
  const caller = await Socket.open(`${base}${one}?peer=${other}`);
  const callee = await Socket.open(`${base}${other}?peer=${one}`);
  const offer = callee.next('call:offer');
  caller.send({ event: 'call:offer', payload: { sdp: SDP } });
  await offer;
  const answer = caller.next('call:answer');
  callee.send({ event: 'call:answer', payload: { sdp: SDP } });
  await answer;
  return [sideOf(caller), sideOf(callee)];
};
