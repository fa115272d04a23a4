import type { ListedChat, OpenChat } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { attempt } from '../../app/errors.ts';
import { goTo } from '../../app/go.ts';
import { readPicture } from '../../app/links.ts';
import { myId } from '../../app/session.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { List, Row } from '../../parts/list.tsx';
import { showToast } from '../../parts/toast.tsx';
import { Blocking } from './blocking.tsx';
import { EditGroup } from './edit-group.tsx';
import { Members } from './members-list.tsx';

interface ChatInfoProps {
  readonly chat: OpenChat;
  readonly about: ListedChat;
  readonly onClose: () => void;
}

/** Leaves a group or a channel, after a question. */
const Leave = ({ about, onLeft }: { about: ListedChat; onLeft: () => void }) => {
  const { frame, chats: text } = useStore(words);
  const [isAsked, setIsAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  if (!isAsked)
    return <Row icon="exit" title={text.leave} danger onPress={() => setIsAsked(true)} />;
  const leave = async () => {
    setBusy(true);
    const done = await attempt(() =>
      client.request('removeMember', { id: about.id, userId: myId() }),
    );
    setBusy(false);
    if (done) onLeft();
  };
  return (
    <li class="asked">
      <p>
        <strong>{text.leaveAsk}</strong> {text.leaveText}
      </p>
      <div class="buttons">
        <Button look="plain" onPress={() => setIsAsked(false)}>
          {frame.cancel}
        </Button>
        <Button look="danger" busy={busy} onPress={leave}>
          {text.leave}
        </Button>
      </div>
    </li>
  );
};

/** The address that a channel is joined by. */
const ShareLink = ({ id }: { id: string }) => {
  const { chats: text } = useStore(words);
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(`${location.origin}/c/${id}`);
      showToast({ text: text.copied });
    });
  return <Row icon="copy" title={text.copyLink} text={`/c/${id}`} onPress={copy} />;
};

/** What a chat is: who is in it, and what may be done with it as a whole. */
export const ChatInfo = ({ chat, about, onClose }: ChatInfoProps) => {
  const { chats: text } = useStore(words);
  const { id, type, peerUserId, photo, role, meta } = about;
  const name = about.name || text.unnamed;
  const description = typeof meta?.['description'] === 'string' ? meta['description'] : '';
  const isAdmin = type !== 'user' && role === 'admin';
  const counted = type === 'channel' ? text.readers(about.members) : text.members(about.members);
  return (
    <Dialog title={text.info} onClose={onClose}>
      <div class="chat-info-head">
        <Avatar id={peerUserId ?? id} name={name} photo={readPicture(photo)} size={96} />
        <h3>{name}</h3>
        {type !== 'user' && <p class="dim">{counted}</p>}
        {description && <p class="description">{description}</p>}
      </div>
      {isAdmin && <EditGroup about={about} description={description} />}
      <List label={text.info}>
        {type === 'channel' && <ShareLink id={id} />}
        {type === 'user' && peerUserId && <Blocking user={peerUserId} />}
        {type !== 'user' && (
          <Leave
            about={about}
            onLeft={() => {
              onClose();
              goTo('/', { replace: true });
            }}
          />
        )}
      </List>
      {(type === 'group' || isAdmin) && <Members chat={chat} isAdmin={isAdmin} onLeave={onClose} />}
    </Dialog>
  );
};
