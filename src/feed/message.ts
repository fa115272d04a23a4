import * as z from 'zod';
import type { Message } from '../contract/http/messages.ts';
import { Attachment, INLINE_ATTACHMENT_LIMIT } from '../contract/http/messages.ts';

/** Legacy rows hold whatever was sent: what no client may follow is not shown. */
const SAFE_URL = /^(https?:\/\/|data:(image|video)\/)/i;

const StoredAttachment = Attachment.refine(
  ({ url }) => url === undefined || SAFE_URL.test(url),
).nullable();

/** A message as the database gives it by `MESSAGE` (platform/db/fragments.ts). */
export const MessageRow = z.object({
  id: z.string(),
  senderId: z.string().nullable(),
  text: z.string(),
  time: z.string(),
  attachment: StoredAttachment.catch(null),
  seq: z.int(),
  version: z.int(),
  clientId: z.string().nullable(),
  editedAt: z.string().nullable(),
  deleted: z.boolean(),
});

export type MessageRow = z.output<typeof MessageRow>;

/** Makes a message as a member sees it. Legacy clients know the fields up to `attachment` [M1]. */
export const toMessage = (row: MessageRow, userId: string): Message => {
  const { id, text, time, attachment, seq, version, senderId, clientId, editedAt, deleted } = row;
  const fromMe = senderId === userId;
  return {
    id,
    fromMe,
    text,
    time,
    ...(attachment && { attachment }),
    seq,
    version,
    senderId,
    ...(fromMe && clientId !== null && { clientId }),
    ...(editedAt !== null && { editedAt }),
    ...(deleted && { deleted }),
  };
};

/** Makes the message that frames carry: a long attachment is without its URL. */
export const toInlineMessage = (message: Message): Message => {
  const { attachment } = message;
  if (!attachment || JSON.stringify(attachment).length <= INLINE_ATTACHMENT_LIMIT) return message;
  return { ...message, attachment: { type: attachment.type } };
};
