import type { User } from '../users.ts';
import { Socket } from './socket.ts';
import type { Pair, Side } from './system.ts';
import { SDP, toJson } from './texts.ts';

const sideOf = (socket: Socket): Side => {
  const side: Side = {
    send: (candidate) =>
      socket.send({ event: 'call:ice', payload: { candidate: toJson(candidate) } }),
    heard: () => undefined,
    ping: () => socket.send({ type: 'ping' }),
    end: async () => {
      socket.send({ event: 'call:hangup' });
      await socket.close();
    },
  };
  socket.heard = ({ event, payload }) => {
    if (event !== 'call:ice') return;
    const { candidate } = payload as { candidate: { candidate: string } };
    side.heard(candidate.candidate);
  };
  return side;
};

/** Connects two clients of the legacy server in a call, by `/ws` of the Worker. */
export const connectLegacy = async (url: string, caller: User, callee: User): Promise<Pair> => {
  const open = ({ token }: User) => Socket.open(`${url.replace('http', 'ws')}/ws?token=${token}`);
  const [one, other] = [await open(caller), await open(callee)];
  const offer = other.next('call:offer');
  const payload = { sdp: { type: 'offer', sdp: SDP }, isVideo: true };
  one.send({ event: 'call:offer', payload: { ...payload, userId: callee.id } });
  await offer;
  const answer = one.next('call:answer');
  other.send({ event: 'call:answer', payload: { sdp: { type: 'answer', sdp: SDP } } });
  await answer;
  return [sideOf(one), sideOf(other)];
};
