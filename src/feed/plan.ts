import type { News, Recipient, ToFanout, ToldOfChat } from '../../party/wire/chats.ts';
import type { Room } from '../contract/sockets/protocol.ts';
import { ROOM_ID } from '../contract/sockets/protocol.ts';

/**
 * How many rooms the Worker tells of one change: on the free plan a request may make 50 others,
 * its stores among them [M27].
 */
export const DIRECT_LIMIT = 40;

/** What is to be told, and to whom. */
export interface Telling {
  readonly news: News;
  readonly to: readonly Recipient[];
  /** Whether all other members are told as well [M26]. */
  readonly all: boolean;
  /** Who acted, and what only their own devices are told. */
  readonly actor?: Pick<ToldOfChat, 'clientId' | 'sid'> & { readonly user: string };
}

/** A message to a room. */
export interface Posting {
  readonly room: Room;
  readonly message: ToldOfChat | ToFanout;
}

/** Plans whom the Worker tells by itself, and whom by the fan-out room of the chat [M27]. */
export const planTelling = ({ news, to, all, actor }: Telling): readonly Posting[] => {
  const toInbox = ({ user, ...own }: Recipient): Posting => {
    const { user: _, ...known } = actor?.user === user ? actor : { user };
    const message = { type: 'chat', news, ...own, ...known } as const;
    return { room: { party: 'inbox', id: user }, message };
  };
  const recipients = to.filter(({ user }) => ROOM_ID.test(user));
  if (!all && recipients.length <= DIRECT_LIMIT) return recipients.map(toInbox);
  // Only the Worker knows what the one who acted is told.
  const own = recipients.filter(({ user }) => user === actor?.user);
  const others = recipients.filter(({ user }) => user !== actor?.user);
  const except = recipients.map(({ user }) => user);
  const message = { type: 'tell', news, to: others, ...(all && { all: { except } }) } as const;
  return [...own.map(toInbox), { room: { party: 'fanout', id: news.chat }, message }];
};
