import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { text } from './fields.ts';
import { ChatParams } from './messages.ts';
import { once } from './once.ts';

/** The types of chats; a personal one is `user`, as legacy clients call it. */
export const CHAT_TYPES = ['user', 'group', 'channel'] as const;

/** What a member may do: an admin changes the chat and its members, and writes in a channel. */
export const ROLES = ['admin', 'member'] as const;

/** Beyond so many members a chat is followed by its version, and no longer by feeds [M26]. */
export const FEED_MEMBERS = 256;

/** How many members a chat has at most [M35]. */
export const MEMBERS_LIMIT = 10_000;

/** How many members one request adds at most [M35]. */
export const ADDED_AT_ONCE = 50;

const name = (code: 'invalid_field' = 'invalid_field') =>
  text(code)
    .transform((value) => value.trim())
    .refine((value) => [...value].length <= 128, code);
const description = text('invalid_field').max(2_000, 'invalid_field');
const photo = text('invalid_field').max(96 * 1024, 'invalid_field');
const person = text('invalid_field').max(65, 'invalid_field');
const role = once(() => z.enum(ROLES));

/** A chat as one of its members sees it. Legacy clients know the fields up to `meta` [M1]. */
export const Chat = once(() =>
  z.object({
    id: z.string(),
    type: z.enum(CHAT_TYPES),
    name: z.string().describe('Of a personal chat: the name of the other one, now'),
    photo: z.string().nullable(),
    lastMessage: z.string().nullable(),
    lastTime: z.iso.datetime().nullable(),
    unread: z.int().describe('Messages of others after my mark'),
    peerUserId: z.string().optional().describe('Of a personal chat: the other one'),
    meta: z.record(z.string(), z.unknown()).optional(),
    role: role(),
    lastSeq: z.int().describe('The `seq` of the last message; 0 = none'),
    fromSeq: z.int().describe('I read messages after this `seq`'),
    readSeq: z.int().describe('My mark'),
    othersReadSeq: z.int().describe('The highest mark of the others'),
    version: z.int().describe('Counts the changes of the chat'),
    large: z.boolean().describe('Follow it by GET /api/chats/:id/changes: sync does not have it'),
    members: z.int().describe('How many there are'),
    peerKeyVersion: z.int().optional().describe('Of a personal chat; 0 = the other one has no key'),
  }),
);

export type Chat = z.output<ReturnType<typeof Chat>>;

/** A member of a chat. */
export const Member = once(() =>
  z.object({
    userId: z.string(),
    username: z.string(),
    displayName: z.string(),
    role: role(),
    readSeq: z.int(),
  }),
);

export type Member = z.output<ReturnType<typeof Member>>;

/** Lists the chats. */
export const listChats = {
  method: 'get',
  path: '/api/chats',
  summary: 'My chats, the newest last message first',
  bearer: true,
  success: { status: 200, body: () => z.array(Chat()) },
  errors: [],
} as const satisfies Endpoint;

/** Creates a chat. */
export const createChat = {
  method: 'post',
  path: '/api/chats',
  summary:
    'Create a group or a channel, or open the personal chat with somebody: 201 a new one, 200 ' +
    'the one there is',
  bearer: true,
  example: { type: 'user', peerUsername: '@demo' },
  body: z.object({
    name: name().optional(),
    type: z.enum(CHAT_TYPES, 'invalid_field').default('user'),
    photo: photo.optional(),
    peerUsername: person.optional().describe('With or without @'),
    peerUserId: person.optional(),
    description: description.optional(),
    shareLink: text('invalid_field').max(256, 'invalid_field').optional(),
    admins: z.array(person, 'invalid_field').max(ADDED_AT_ONCE, 'invalid_field').optional(),
    moderators: z.array(person, 'invalid_field').max(ADDED_AT_ONCE, 'invalid_field').optional(),
    members: z
      .array(person, 'invalid_field')
      .max(ADDED_AT_ONCE, 'invalid_field')
      .optional()
      .describe('Of a group or channel: ids or usernames of who is added at once'),
  }),
  success: { status: 201, again: 200, body: Chat },
  errors: [
    'invalid_field',
    'chat_with_oneself',
    'peer_not_found',
    'chat_name_required',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

/** Reads one chat. */
export const getChat = {
  method: 'get',
  path: '/api/chats/:id',
  summary: 'One chat of mine',
  bearer: true,
  params: ChatParams,
  success: { status: 200, body: Chat },
  errors: ['chat_not_found'],
} as const satisfies Endpoint;

/** Changes a group or channel. */
export const updateChat = {
  method: 'patch',
  path: '/api/chats/:id',
  summary: 'Change the name, description or photo of a group or channel, as its admin',
  bearer: true,
  params: ChatParams,
  example: { name: 'Аисты' },
  body: z.object({
    name: name().optional(),
    description: description.optional(),
    photo: photo.optional().describe('"" takes it away'),
  }),
  success: { status: 200, body: Chat },
  errors: [
    'invalid_field',
    'chat_name_required',
    'chat_not_found',
    'not_allowed_in_chat',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

/** Lists the members of a chat. */
export const listMembers = {
  method: 'get',
  path: '/api/chats/:id/members',
  summary: 'The members of a chat, in the order of their ids; of a channel to its admins alone',
  bearer: true,
  params: ChatParams,
  query: z.object({
    after: person.optional().describe('A user id: only those after it'),
    limit: z
      .string()
      .regex(/^([1-9]\d?|100)$/, 'invalid_field')
      .transform(Number)
      .optional()
      .describe('1 to 100; 100 when absent'),
  }),
  success: {
    status: 200,
    body: () => z.object({ members: z.array(Member()), next: z.string().nullable() }),
  },
  errors: ['invalid_field', 'chat_not_found', 'not_allowed_in_chat'],
} as const satisfies Endpoint;

/** Adds members. */
export const addMembers = {
  method: 'post',
  path: '/api/chats/:id/members',
  summary: 'Add people to a group or channel, as its admin; who is in it already stays as they are',
  bearer: true,
  params: ChatParams,
  example: { members: ['@demo'] },
  body: z.object({
    members: z
      .array(person, 'invalid_field')
      .min(1, 'invalid_field')
      .max(ADDED_AT_ONCE, 'invalid_field')
      .describe('Ids or usernames'),
  }),
  success: { status: 200, body: () => z.object({ added: z.array(Member()) }) },
  errors: [
    'invalid_field',
    'peer_not_found',
    'chat_not_found',
    'not_allowed_in_chat',
    'chat_full',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

const OneMember = ChatParams.extend({
  userId: z.string().regex(/^[\w-]{1,64}$/, 'peer_not_found'),
});

/** Changes the role of a member. */
export const changeRole = {
  method: 'patch',
  path: '/api/chats/:id/members/:userId',
  summary: 'Make a member an admin, or an admin a member, as an admin',
  bearer: true,
  params: OneMember,
  example: { role: 'member' },
  body: z.object({ role: z.enum(ROLES, 'invalid_field') }),
  success: { status: 200, body: Member },
  errors: [
    'invalid_field',
    'chat_not_found',
    'peer_not_found',
    'not_allowed_in_chat',
    'last_admin',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

/** Takes a member out. */
export const removeMember = {
  method: 'delete',
  path: '/api/chats/:id/members/:userId',
  summary:
    'Take somebody out of a group or channel, as its admin; or leave it: then userId is my own',
  bearer: true,
  params: OneMember,
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: ['chat_not_found', 'peer_not_found', 'not_allowed_in_chat', 'too_many_requests'],
} as const satisfies Endpoint;

/** Joins a channel. */
export const joinChannel = {
  method: 'post',
  path: '/api/chats/:id/join',
  summary: 'Join a channel by its share link, which is /c/ and its id',
  bearer: true,
  params: ChatParams,
  success: { status: 200, body: Chat },
  errors: ['chat_not_found', 'chat_full', 'too_many_requests'],
} as const satisfies Endpoint;
