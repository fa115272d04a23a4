import type { OpenChat, ShownMessage } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { attempt } from '../../app/errors.ts';
import { chats } from '../../app/live/live.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { Actions } from './actions.tsx';
import { ChatHeader } from './chat-header.tsx';
import { Composer } from './composer.tsx';
import { Messages } from './messages.tsx';

/** A chat that is not mine: a channel can be joined by its address. */
const NotIn = ({ id }: { id: string }) => {
  const { frame, chats: text } = useStore(words);
  const [busy, setBusy] = useState(false);
  const join = async () => {
    setBusy(true);
    await attempt(() => client.request('joinChannel', { id }));
    setBusy(false);
  };
  return (
    <div class="page">
      <header class="bar">
        <a class="icon-button only-narrow" href="/" aria-label={frame.back}>
          <Icon name="back" />
        </a>
        <h1>{frame.chats}</h1>
      </header>
      <div class="page-body">
        <Empty icon="block" title={text.notIn} text={text.notInText}>
          <Button busy={busy} onPress={join}>
            {text.join}
          </Button>
        </Empty>
      </div>
    </div>
  );
};

/** What is written with, or why nothing may be written. */
const Foot = ({ chat, edited, onEdit }: FootProps) => {
  const { chats: text } = useStore(words);
  const about = useStore(chat.about);
  if (about?.type === 'channel' && about.role !== 'admin')
    return <p class="no-composer">{text.onlyAdmins}</p>;
  return <Composer chat={chat} edited={edited} onEdit={onEdit} />;
};

interface FootProps {
  readonly chat: OpenChat;
  readonly edited: ShownMessage | undefined;
  readonly onEdit: (message: ShownMessage | undefined) => void;
}

/** The chat with an id: its messages, and what is written. */
export const ChatPane = ({ id }: { id: string }) => {
  const chat = useMemo(() => chats.chat(id), [id]);
  useEffect(() => () => chat.close(), [chat]);
  const [chosen, choose] = useState<ShownMessage | undefined>();
  const [edited, edit] = useState<ShownMessage | undefined>();
  const about = useStore(chat.about);
  const isListed = useStore(chats.list) !== undefined;

  if (!about) return isListed ? <NotIn id={id} /> : <Loading />;
  return (
    <div class="page chat">
      <ChatHeader chat={chat} about={about} />
      <Messages chat={chat} about={about} onActions={choose} />
      <Foot chat={chat} edited={edited} onEdit={edit} />
      {chosen && (
        <Actions
          chat={chat}
          about={about}
          message={chosen}
          onEdit={() => edit(chosen)}
          onClose={() => choose(undefined)}
        />
      )}
    </div>
  );
};
