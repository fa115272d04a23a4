import type { ListedChat, OpenChat, ShownMessage } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { Fragment } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { attempt } from '../../app/errors.ts';
import { formatDay, isSameDay } from '../../app/time.ts';
import { words } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { Arrivals } from './arrivals.tsx';
import { MessageView } from './message.tsx';
import { useReading } from './reading.ts';

/** Messages of one sender stand together when no more than this lies between them. */
const TOGETHER_MS = 5 * 60_000;

const isTogether = (one: ShownMessage | undefined, other: ShownMessage): boolean =>
  one !== undefined &&
  one.fromMe === other.fromMe &&
  one.senderId === other.senderId &&
  Date.parse(other.time) - Date.parse(one.time) < TOGETHER_MS &&
  isSameDay(one.time, other.time);

interface MessagesProps {
  readonly chat: OpenChat;
  readonly about: ListedChat;
  readonly onActions: (message: ShownMessage) => void;
}

interface LinesProps extends MessagesProps {
  readonly messages: readonly ShownMessage[];
  /** The unread line stands before the first message of others after it. */
  readonly unreadAfter: number | undefined;
}

const Lines = ({ chat, about, messages, unreadAfter, onActions }: LinesProps) => {
  const { chats: text } = useStore(words);
  const firstUnread =
    unreadAfter !== undefined &&
    messages.find(({ seq = 0, fromMe }) => seq > unreadAfter && !fromMe)?.key;
  return (
    <ol class="messages" aria-label={text.messages}>
      {messages.map((message, index) => {
        const before = messages[index - 1];
        const isNewDay = !before || !isSameDay(before.time, message.time);
        const isUnread = message.key === firstUnread;
        return (
          <Fragment key={message.key}>
            {isNewDay && (
              <li class="day">
                <span>{formatDay(message.time)}</span>
              </li>
            )}
            {isUnread && (
              <li class="unread-line">
                <span>{text.newBelow}</span>
              </li>
            )}
            <MessageView
              chat={chat}
              message={message}
              isFirst={isUnread || !isTogether(before, message)}
              isNamed={about.type === 'group' && !message.fromMe}
              onActions={onActions}
            />
          </Fragment>
        );
      })}
    </ol>
  );
};

/** Reads older messages when their place comes into sight, or at a press. */
const Older = ({ chat }: { chat: OpenChat }) => {
  const { chats: text } = useStore(words);
  const place = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const read = async () => {
    setBusy(true);
    await attempt(() => chat.older());
    setBusy(false);
  };
  useEffect(() => {
    const { current } = place;
    if (!current || busy) return undefined;
    const watcher = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void read();
    });
    watcher.observe(current);
    return () => watcher.disconnect();
  }, [busy]);
  return (
    <div class="older" ref={place}>
      {busy ? (
        <Loading />
      ) : (
        <button type="button" class="text-button" onClick={read}>
          {text.older}
        </button>
      )}
    </div>
  );
};

/**
 * The messages of a chat. The list is anchored at its end: it stays there when messages come, and
 * older ones that come in front move nothing.
 */
export const Messages = ({ chat, about, onActions }: MessagesProps) => {
  const { chats: text } = useStore(words);
  const messages = useStore(chat.messages);
  const hasOlder = useStore(chat.hasOlder);
  const { scroller, isAtEnd, unreadAfter, toEnd } = useReading(chat, about);
  return (
    <div class="messages-frame">
      <section
        class="messages-scroller"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys.
        tabIndex={0}
        aria-label={text.messages}
      >
        <div class="messages-inside">
          {hasOlder && <Older chat={chat} />}
          {hasOlder === undefined && messages.length === 0 ? (
            <Loading />
          ) : messages.length === 0 ? (
            <Empty icon="chats" title={text.noMessages} text={text.noMessagesText} />
          ) : (
            <Lines
              chat={chat}
              about={about}
              messages={messages}
              unreadAfter={unreadAfter}
              onActions={onActions}
            />
          )}
        </div>
      </section>
      {!isAtEnd && (
        <button type="button" class="to-end icon-button" aria-label={text.toEnd} onClick={toEnd}>
          <Icon name="down" />
          {about.unread > 0 && <span class="badge">{about.unread}</span>}
        </button>
      )}
      <Arrivals chat={chat} about={about} />
    </div>
  );
};
