import { useStore } from 'aist-client/preact';
import { useEffect } from 'preact/hooks';
import { chats } from '../../app/live/live.ts';
import { words } from '../../app/words.ts';
import { Empty } from '../../parts/states.tsx';
import { ChatPane } from '../chat/chat-pane.tsx';
import { ChatList } from './chat-list.tsx';

/** The chats, and beside them (on a phone in their place) the one that is open. */
const ChatsPage = ({ params }: { params?: Readonly<Record<string, string | undefined>> }) => {
  const id = params?.['id'];
  const { frame, chats: text } = useStore(words);
  const unread = useStore(chats.unread);
  const open = useStore(chats.list)?.find((chat) => chat.id === id);
  const title = open?.name || frame.chats;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${title} · AIST`;
  }, [title, unread]);
  return (
    <div class={`panes${id ? ' with-open' : ''}`}>
      <section class="page list-pane" aria-label={text.list}>
        <ChatList current={id} />
      </section>
      <section class="chat-pane" aria-label={id ? title : text.choose}>
        {id ? (
          <ChatPane key={id} id={id} />
        ) : (
          <Empty icon="chats" title={text.choose} text={text.chooseText} />
        )}
      </section>
    </div>
  );
};

export default ChatsPage;
