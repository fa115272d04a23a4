import type { ListedChat } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';

import { readPicture } from '../../app/links.ts';
import { formatMoment, formatWhole } from '../../app/time.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Icon } from '../../parts/icon.tsx';
import { memo } from '../../parts/memo.ts';

/** What is said below the name: who writes, what was not sent, or what was said last. */
const LastWords = ({ chat }: { chat: ListedChat }) => {
  const { chats: text } = useStore(words);
  if (chat.typing.length > 0)
    return <span class="is-typing">{chat.typing.length > 1 ? text.typingMany : text.typing}</span>;
  if (chat.draft)
    return (
      <>
        <span class="is-draft">{text.draft}</span>
        {chat.draft}
      </>
    );
  return <>{chat.lastMessage ?? text.noMessages}</>;
};

interface ChatRowProps {
  readonly chat: ListedChat;
  readonly isCurrent: boolean;
}

const Drawn = ({ chat, isCurrent }: ChatRowProps) => {
  const { chats: text } = useStore(words);
  const { id, name, photo, type, unread, lastTime, peerUserId } = chat;
  const shown = name || text.unnamed;
  return (
    <li class="chat-row">
      <a class="row" href={`/c/${id}`} aria-current={isCurrent ? 'page' : undefined}>
        <Avatar id={peerUserId ?? id} name={shown} photo={readPicture(photo)} />
        <span class="row-text">
          <span class="row-line">
            <span class="row-title">
              {type !== 'user' && <Icon name={type === 'group' ? 'people' : 'channel'} size={16} />}
              {shown}
            </span>
            {lastTime && (
              <time class="row-time" dateTime={lastTime} title={formatWhole(lastTime)}>
                {formatMoment(lastTime)}
              </time>
            )}
          </span>
          <span class="row-line">
            <span class="row-more">
              <LastWords chat={chat} />
            </span>
            {unread > 0 && (
              <span class="badge">
                <span aria-hidden="true">{unread > 999 ? '999+' : unread}</span>
                <span class="visually-hidden">{text.unread(unread)}</span>
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  );
};

/** A chat in the list. It is drawn anew only when something of it changes. */
export const ChatRow = memo(Drawn);
