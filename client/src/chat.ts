export { openChats } from './chat/chats.ts';
export type { Chats, ListedChat, OpenChat, ShownMessage } from './chat/types.ts';
