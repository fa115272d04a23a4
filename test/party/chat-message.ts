import type { News } from '../../party/wire/chats.ts';

type ToldMessage = Extract<News, { type: 'message' }>['message'];

/** A message in a chat, as rooms tell of it. */
export const messageOf = (senderId: string, change: Partial<ToldMessage> = {}): ToldMessage => ({
  id: 'm1',
  text: 'Hello',
  time: '2026-11-28T12:00:00.000Z',
  seq: 1,
  version: 1,
  senderId,
  ...change,
});
