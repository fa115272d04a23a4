import type * as z from 'zod';
import type { Chat } from '../../../src/contract/http/chats.ts';
import { listChats, listMembers } from '../../../src/contract/http/chats.ts';
import { listMessages } from '../../../src/contract/http/messages.ts';
import type { Device } from '../../support/calls/device.ts';

/** A chat as a device shows it. */
export interface ShownChat {
  readonly id: string;
  readonly chat: Partial<Chat>;
  readonly messages: readonly (readonly unknown[])[];
  readonly members: readonly unknown[];
}

/** What members are told of a chat: in channels not who comes and goes, nor how far they read. */
export const toldOf = ({ version: _, ...chat }: Chat): Partial<Chat> => {
  const { members: __, othersReadSeq: ___, ...told } = chat;
  return chat.type === 'channel' ? told : chat;
};

const ask = async <Body extends z.ZodType>(
  device: Device,
  path: string,
  body: Body,
): Promise<z.output<Body>> => {
  const answer = await device.send('GET', path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return body.parse(JSON.parse(answer.text));
};

/** Reads all messages of a chat, page by page. */
const readMessages = async (device: Device, { id, fromSeq }: Chat) => {
  const read: z.output<ReturnType<typeof listMessages.success.body>> = [];
  while ((read[0]?.seq ?? 0) !== fromSeq + 1) {
    const before = read[0] ? `&before=${read[0].seq}` : '';
    const path = `/api/chats/${id}/messages?limit=7${before}`;
    const page = await ask(device, path, listMessages.success.body());
    if (page.length === 0) break;
    read.unshift(...page);
  }
  return read.map(({ seq, senderId, text, deleted, editedAt = '', clientId = '' }) => [
    seq,
    senderId,
    deleted ? 'deleted' : text,
    editedAt,
    clientId,
  ]);
};

/** Reads all that somebody may see, as a client does that knows nothing. */
export const readTruth = async (device: Device): Promise<readonly ShownChat[]> => {
  const chats = await ask(device, '/api/chats', listChats.success.body());
  const shown = chats.map(async (chat) => {
    const path = `/api/chats/${chat.id}/members`;
    const isHidden = chat.type === 'channel';
    return {
      id: chat.id,
      chat: toldOf(chat),
      messages: await readMessages(device, chat),
      members: isHidden ? [] : (await ask(device, path, listMembers.success.body())).members,
    };
  });
  const all = await Promise.all(shown);
  return all.toSorted((one, other) => (one.id < other.id ? -1 : 1));
};
