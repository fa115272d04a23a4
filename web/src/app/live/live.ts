import { openChats } from 'aist-client/chat';
import { openInbox } from 'aist-client/inbox';
import { client } from '../client.ts';

/** What happens to the person: one connection for all tabs of the browser. */
export const inbox = openInbox(client);

/** The chats of the person. */
export const chats = openChats(client, inbox);
