import * as auth from './auth.ts';
import * as calls from './calls.ts';
import * as chats from './chats.ts';
import type { Endpoint } from './endpoint.ts';
import * as health from './health.ts';
import * as messages from './messages.ts';
import * as people from './people.ts';
import * as profile from './profile.ts';
import * as push from './push.ts';
import * as qr from './qr.ts';
import * as rooms from './room-endpoints.ts';
import * as sessions from './sessions.ts';
import * as sync from './sync.ts';
import * as telegram from './telegram.ts';

/** Every endpoint of the API, in the order of the documentation. */
export const ENDPOINTS: readonly Endpoint[] = [
  auth.requestCode,
  auth.verifyCode,
  auth.sendSms,
  auth.verifyLink,
  qr.requestQr,
  qr.checkQr,
  qr.qrInfo,
  qr.confirmQr,
  qr.denyQr,
  qr.qrImage,
  qr.openQrRoom,
  sessions.logout,
  sessions.listSessions,
  sessions.revokeOthers,
  sessions.revokeSession,
  telegram.linkTelegram,
  telegram.webhook,
  profile.getProfile,
  profile.updateProfile,
  chats.listChats,
  chats.createChat,
  chats.getChat,
  chats.updateChat,
  chats.listMembers,
  chats.addMembers,
  chats.changeRole,
  chats.removeMember,
  chats.joinChannel,
  people.searchPeople,
  people.getPublicKey,
  people.setPublicKey,
  people.blockUser,
  people.unblockUser,
  people.listBlocked,
  calls.startCall,
  calls.callTicket,
  calls.inviteToCall,
  calls.inboxTicket,
  calls.listCalls,
  calls.listIceServers,
  messages.sendMessage,
  messages.listMessages,
  messages.getMessage,
  messages.editMessage,
  messages.deleteMessage,
  messages.markRead,
  sync.sync,
  sync.chatChanges,
  push.getPushKey,
  push.subscribeToPush,
  push.unsubscribeFromPush,
  rooms.openCallRoom,
  rooms.openInbox,
  rooms.openLegacySocket,
  health.health,
  health.ready,
];
