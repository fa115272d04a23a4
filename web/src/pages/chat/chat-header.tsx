import type { ListedChat, OpenChat } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { readPicture } from '../../app/links.ts';
import { startCall } from '../../app/live/calls.ts';
import { chats } from '../../app/live/live.ts';
import { myId } from '../../app/session.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { IconButton } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { ChatInfo } from './chat-info.tsx';
import { useMemberName } from './members.ts';

/** How many people a call of a group may ring, beside the one who calls. */
const MOST_CALLED = 7;

const Typist = ({ chat, user }: { chat: OpenChat; user: string }) => {
  const { chats: text } = useStore(words);
  return <>{text.typingNamed(useMemberName(chat, user))}</>;
};

/** Who writes at the moment; of a group with their names. */
const Subtitle = ({ chat, about }: ChatHeaderProps) => {
  const { chats: text } = useStore(words);
  const typing = useStore(chat.typing);
  const freshness = useStore(chats.freshness);
  const [first] = typing;
  if (first !== undefined && about.type === 'user') return <>{text.typing}</>;
  if (typing.length > 1) return <>{text.typingMany}</>;
  if (first !== undefined) return <Typist chat={chat} user={first} />;
  if (freshness === 'waiting') return <>{text.waiting}</>;
  if (about.type === 'group') return <>{text.members(about.members)}</>;
  if (about.type === 'channel') return <>{text.readers(about.members)}</>;
  return null;
};

interface CallButtonsProps {
  readonly onCall: (video: boolean) => void;
}

const CallButtons = ({ onCall }: CallButtonsProps) => {
  const { chats: text } = useStore(words);
  return (
    <>
      <IconButton icon="call" label={text.voiceCall} onPress={() => onCall(false)} />
      <IconButton icon="video" label={text.videoCall} onPress={() => onCall(true)} />
    </>
  );
};

const GroupCallButtons = ({ chat }: { chat: OpenChat }) => {
  const others = (useStore(chat.members) ?? [])
    .map(({ userId }) => userId)
    .filter((id) => id !== myId());
  const [first, ...rest] = others;
  if (first === undefined || others.length > MOST_CALLED) return null;
  return <CallButtons onCall={(video) => startCall([first, ...rest], video)} />;
};

interface ChatHeaderProps {
  readonly chat: OpenChat;
  readonly about: ListedChat;
}

/** The bar over a chat: who it is with, and calls. */
export const ChatHeader = ({ chat, about }: ChatHeaderProps) => {
  const [isInfo, setIsInfo] = useState(false);
  const { frame, chats: text } = useStore(words);
  const { id, type, peerUserId, photo } = about;
  const name = about.name || text.unnamed;
  return (
    <header class="bar chat-bar">
      <a class="icon-button only-narrow" href="/" aria-label={frame.back}>
        <Icon name="back" />
      </a>
      <Avatar id={peerUserId ?? id} name={name} photo={readPicture(photo)} size={40} />
      <div class="chat-title">
        <h1>{name}</h1>
        <p class="chat-subtitle" aria-live="polite">
          <Subtitle chat={chat} about={about} />
        </p>
      </div>
      {type === 'user' && peerUserId && (
        <CallButtons onCall={(video) => startCall(peerUserId, video)} />
      )}
      {type === 'group' && <GroupCallButtons chat={chat} />}
      <IconButton icon="more" label={text.info} onPress={() => setIsInfo(true)} />
      {isInfo && <ChatInfo chat={chat} about={about} onClose={() => setIsInfo(false)} />}
    </header>
  );
};
