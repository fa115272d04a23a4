import * as z from 'zod';
import { REASONS } from './sockets/call.ts';

const at = z.int().describe('When it happened, milliseconds since 1970');
const to = z.string().describe('The user whom it is for: another account may be signed in here');
const call = z.string();
const from = z.string().describe('The name to show: the display name, else the username, or ""');
const aboutCall = { to, at, call, from, video: z.boolean(), group: z.boolean() };

/**
 * What a service worker gets with a push, as JSON. It has no text of messages, and no words of
 * any language: those are the app's.
 */
export const PushPayload = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('call'),
      ...aboutCall,
      until: z.int().describe('When it stops ringing, milliseconds since 1970'),
    })
    .describe('It rings. What comes when `until` has passed is to be shown as missed'),
  z
    .object({ kind: z.literal('missed'), ...aboutCall })
    .describe('It rings no longer, and I have missed it. It replaces the `call`'),
  z
    .object({
      kind: z.literal('stopped'),
      ...aboutCall,
      reason: z.enum([...REASONS, 'answered_elsewhere']),
    })
    .describe('It rings no longer, and I have not missed it. It replaces the `call`'),
  z
    .object({
      kind: z.literal('message'),
      to,
      at,
      chat: z.string(),
      seq: z.int().describe('The place of the message in the chat'),
      from: z
        .string()
        .describe('The name of who wrote it: the display name, else the username, or ""'),
      chatName: z.string().optional().describe('Of a group or channel alone'),
    })
    .describe('A new message. It replaces the one before of the same chat'),
]);

export type PushPayload = z.output<typeof PushPayload>;
