import type { OpenChat, ShownMessage } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { findLinks } from '../../app/links.ts';
import { formatTime, formatWhole } from '../../app/time.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Icon } from '../../parts/icon.tsx';
import { memo } from '../../parts/memo.ts';
import { AttachmentView } from './attachment.tsx';
import { useMemberName } from './members.ts';

/** A text as it was written; its links open in a tab that knows nothing of this one. */
const MessageText = ({ text }: { text: string }) => (
  <p class="message-text" dir="auto">
    {findLinks(text).map(({ text: piece, href }) =>
      href ? (
        <a href={href} target="_blank" rel="noopener noreferrer nofollow">
          {piece}
        </a>
      ) : (
        piece
      ),
    )}
  </p>
);

const STATE_ICONS = { sending: 'clock', sent: 'check', read: 'checks', failed: 'warning' } as const;

/** The time of a message, whether it was changed, and how far one of mine has come. */
const Meta = ({ message }: { message: ShownMessage }) => {
  const { chats: text } = useStore(words);
  const { fromMe, editedAt, deleted, time, read, state } = message;
  const shown = state === 'sent' && read ? 'read' : state;
  return (
    <span class="message-meta">
      {editedAt && !deleted && <span>{text.edited}</span>}
      <time dateTime={time} title={formatWhole(time)}>
        {formatTime(time)}
      </time>
      {fromMe && (
        <span class={`message-state ${shown}`} role="img" aria-label={text[shown]}>
          <Icon name={STATE_ICONS[shown]} size={16} />
        </span>
      )}
    </span>
  );
};

/** A message that did not get through: why, and what one may do about it. */
const FailedNote = ({ chat, message }: { chat: OpenChat; message: ShownMessage }) => {
  const { chats: text } = useStore(words);
  const { key, error } = message;
  return (
    <div class="message-failed" role="alert">
      <span>{error?.message || text.failed}</span>
      <button
        type="button"
        class="text-button"
        // The message itself shows that it failed again.
        onClick={() => void chat.resend(key).catch(() => undefined)}
      >
        {text.resend}
      </button>
      <button type="button" class="text-button" onClick={() => chat.discard(key)}>
        {text.discard}
      </button>
    </div>
  );
};

/** How a message stands among its neighbours. */
export interface Place {
  /** The first of one sender in a row. */
  readonly isFirst: boolean;
  /** Whether its sender is named: in groups, of others. */
  readonly isNamed: boolean;
}

interface MessageProps extends Place {
  readonly chat: OpenChat;
  readonly message: ShownMessage;
  readonly onActions: (message: ShownMessage) => void;
}

interface SenderProps {
  readonly chat: OpenChat;
  readonly user: string | null;
}

const Face = ({ chat, user }: SenderProps) => (
  <Avatar id={user ?? ''} name={useMemberName(chat, user)} size={32} />
);

const Sender = ({ chat, user }: SenderProps) => (
  <span class="message-name">{useMemberName(chat, user)}</span>
);

const Drawn = ({ chat, message, isFirst, isNamed, onActions }: MessageProps) => {
  const { chats: text } = useStore(words);
  const { fromMe, deleted, senderId, attachment, state, id } = message;
  const canAct = id !== undefined && !deleted;
  const look = `message${fromMe ? ' mine' : ''}${isFirst ? ' first' : ''}`;
  return (
    <li class={`${look}${state === 'failed' ? ' failed' : ''}`} data-seq={message.seq}>
      {isNamed && (
        <span class="message-face">{isFirst && <Face chat={chat} user={senderId} />}</span>
      )}
      <div class="bubble">
        {isNamed && isFirst && <Sender chat={chat} user={senderId} />}
        {attachment && !deleted && <AttachmentView chat={chat.id} message={message} />}
        {deleted ? (
          <p class="message-text dim">{text.removed}</p>
        ) : (
          message.text && <MessageText text={message.text} />
        )}
        <Meta message={message} />
        {state === 'failed' && <FailedNote chat={chat} message={message} />}
      </div>
      {canAct && (
        <button
          type="button"
          class="icon-button message-more"
          aria-label={text.actions}
          aria-haspopup="dialog"
          onClick={() => onActions(message)}
        >
          <Icon name="more" size={20} />
        </button>
      )}
    </li>
  );
};

/** A message. It is drawn anew only when it changes. */
export const MessageView = memo(Drawn);
