import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { chats } from '../../app/live/live.ts';
import { handleOf, nameOf } from '../../app/names.ts';
import type { Found } from '../../app/people-search.ts';
import { usePeopleSearch } from '../../app/people-search.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { IconButton } from '../../parts/button.tsx';
import { List, Row } from '../../parts/list.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { openChatWith } from '../people/open-chat.ts';
import { ChatRow } from './chat-row.tsx';
import { NewChat } from './new-chat.tsx';

/** Says that what is shown may be old, and why. */
const Freshness = () => {
  const { chats: text } = useStore(words);
  const freshness = useStore(chats.freshness);
  const link = useStore(chats.list);
  if (freshness === 'fresh' || link === undefined) return null;
  return (
    <span class="freshness" role="status">
      {freshness === 'waiting' ? text.waiting : text.catchingUp}
    </span>
  );
};

const People = ({ people }: { people: readonly Found[] }) => (
  <>
    <h2 class="list-heading">{useStore(words).chats.found}</h2>
    <List label={useStore(words).chats.found}>
      {people.map((person) => (
        <Row
          key={person.id}
          start={<Avatar id={person.id} name={nameOf(person)} />}
          title={nameOf(person)}
          text={handleOf(person)}
          onPress={() => openChatWith(person.id)}
        />
      ))}
    </List>
  </>
);

/** What matches a query: chats of mine, and people with whom there is none yet. */
const Matching = ({ query, current }: { query: string; current: string | undefined }) => {
  const { chats: text } = useStore(words);
  const search = usePeopleSearch(query);
  const list = useStore(chats.list) ?? [];
  const asked = query.trim().toLowerCase();
  const mine = list.filter(({ name }) => name.toLowerCase().includes(asked));
  const known = new Set(mine.map(({ peerUserId }) => peerUserId));
  const people = search.state === 'found' ? search.people.filter(({ id }) => !known.has(id)) : [];
  const isNothing = mine.length === 0 && people.length === 0;
  return (
    <>
      {mine.length > 0 && <Chats list={mine} current={current} />}
      {people.length > 0 && <People people={people} />}
      {isNothing && search.state === 'searching' && <Loading />}
      {isNothing && search.state === 'failed' && (
        <Empty icon="offline" title={text.searchFailed} text={search.why} />
      )}
      {isNothing && (search.state === 'found' || search.state === 'idle') && (
        <Empty icon="search" title={text.nobody} text={text.nobodyText} />
      )}
    </>
  );
};

interface ChatsProps {
  readonly list: NonNullable<ReturnType<typeof chats.list.get>>;
  readonly current: string | undefined;
}

const Chats = ({ list, current }: ChatsProps) => (
  <List label={useStore(words).chats.list}>
    {list.map((chat) => (
      <ChatRow key={chat.id} chat={chat} isCurrent={chat.id === current} />
    ))}
  </List>
);

const All = ({ current }: { current: string | undefined }) => {
  const { chats: text } = useStore(words);
  const list = useStore(chats.list);
  if (list === undefined) return <Loading />;
  if (list.length > 0) return <Chats list={list} current={current} />;
  return (
    <Empty icon="chats" title={text.noChats} text={text.noChatsText}>
      <a class="button" href="/people">
        {text.findPeople}
      </a>
    </Empty>
  );
};

/** The list of chats with its search. */
export const ChatList = ({ current }: { current: string | undefined }) => {
  const [query, setQuery] = useState('');
  const [isNew, setIsNew] = useState(false);
  const { frame, chats: text } = useStore(words);
  return (
    <>
      <header class="bar">
        <h1>{frame.chats}</h1>
        <Freshness />
        <IconButton icon="plus" label={text.add} onPress={() => setIsNew(true)} />
      </header>
      <div class="page-body">
        <SearchField label={text.search} value={query} onInput={setQuery} />
        {query.trim() ? <Matching query={query} current={current} /> : <All current={current} />}
      </div>
      {isNew && <NewChat onClose={() => setIsNew(false)} />}
    </>
  );
};
