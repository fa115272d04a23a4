import type { ListedChat, OpenChat } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from '../../app/words.ts';
import { memberName } from './members.ts';

/** Tells a screen reader of messages of others that come while the chat is open. */
export const Arrivals = ({ chat, about }: { chat: OpenChat; about: ListedChat }) => {
  const messages = useStore(chat.messages);
  const last = useRef<number | undefined>(undefined);
  const [said, say] = useState('');
  const { chats: text } = useStore(words);
  useEffect(() => {
    const newest = messages.filter(({ seq }) => seq !== undefined).at(-1);
    if (newest?.seq === undefined) return;
    const isNew = last.current !== undefined && newest.seq > last.current;
    last.current = Math.max(last.current ?? 0, newest.seq);
    if (!isNew || newest.fromMe || newest.deleted) return;
    const name =
      about.type === 'group' ? memberName(chat.members.get(), newest.senderId) : about.name;
    say(text.said(name, newest.text || text.picture));
  }, [messages, chat, about, text]);
  return (
    <div class="visually-hidden" role="log" aria-live="polite">
      {said}
    </div>
  );
};
