import * as z from 'zod';
import type { Chat, Member } from '../contract/http/chats.ts';
import { CHAT_TYPES, ROLES } from '../contract/http/chats.ts';
import { toShownName } from '../profile/names.ts';

/** A chat as the database gives it by `chatsSeenBy` (platform/db/chat-fragments.ts). */
export const ChatRow = z.object({
  id: z.string(),
  type: z.enum(CHAT_TYPES),
  name: z.string().nullable(),
  photo: z.string().nullable(),
  lastMessage: z.string().nullable(),
  lastTime: z.string().nullable(),
  unread: z.int(),
  peerUserId: z.string().nullable(),
  peerUsername: z.string().nullable(),
  peerDisplayName: z.string().nullable(),
  peerKeyVersion: z.int(),
  meta: z.record(z.string(), z.unknown()).nullable(),
  role: z.enum(ROLES),
  lastSeq: z.int(),
  fromSeq: z.int(),
  readSeq: z.int(),
  othersReadSeq: z.int(),
  version: z.int(),
  large: z.boolean(),
  members: z.int(),
});

export type ChatRow = z.output<typeof ChatRow>;

/** Makes a chat as one of its members sees it. Legacy clients know the fields up to `meta` [M1]. */
export const toChat = (row: ChatRow): Chat => {
  const { peerUserId, peerUsername, peerDisplayName, peerKeyVersion, meta, name, ...same } = row;
  const peerName = toShownName(peerDisplayName ?? '') || (peerUsername ?? '');
  return {
    ...same,
    // The name that a legacy personal chat keeps is right for one of its two sides alone [M2].
    name: peerUserId === null ? (name ?? '') : peerName,
    ...(peerUserId !== null && { peerUserId, peerKeyVersion }),
    ...(meta !== null && { meta }),
  };
};

/** A member as the database gives it by `MEMBER` (platform/db/chat-fragments.ts). */
export const MemberRow = z.object({
  userId: z.string(),
  username: z.string().nullable(),
  displayName: z.string().nullable(),
  role: z.enum(ROLES),
  readSeq: z.int(),
});

export type MemberRow = z.output<typeof MemberRow>;

/** Makes a member as the others see them; who was deleted has no names. */
export const toMember = ({ username, displayName, ...same }: MemberRow): Member => ({
  ...same,
  username: username ?? '',
  displayName: toShownName(displayName ?? ''),
});
