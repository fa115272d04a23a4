import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { startCall } from '../../app/live/calls.ts';
import { handleOf, nameOf } from '../../app/names.ts';
import type { Found } from '../../app/people-search.ts';
import { usePeopleSearch } from '../../app/people-search.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { IconButton } from '../../parts/button.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { openChatWith } from './open-chat.ts';

/** Somebody who was found: write to them, or call. */
const FoundRow = ({ person }: { person: Found }) => {
  const { calls } = useStore(words);
  const name = nameOf(person);
  return (
    <li class="row-with-actions">
      <button type="button" class="row" onClick={() => openChatWith(person.id)}>
        <Avatar id={person.id} name={name} />
        <span class="row-text">
          <span class="row-title">{name}</span>
          <span class="row-more">{handleOf(person)}</span>
        </span>
      </button>
      <IconButton
        icon="call"
        label={calls.callBack(name)}
        onPress={() => startCall(person.id, false)}
      />
      <IconButton
        icon="video"
        label={calls.videoBack(name)}
        onPress={() => startCall(person.id, true)}
      />
    </li>
  );
};

const Results = ({ query }: { query: string }) => {
  const search = usePeopleSearch(query);
  const { chats: text } = useStore(words);
  if (search.state === 'idle') return <Empty icon="people" title={text.peopleHint} />;
  if (search.state === 'searching') return <Loading />;
  if (search.state === 'failed')
    return <Empty icon="offline" title={text.searchFailed} text={search.why} />;
  if (search.people.length === 0)
    return <Empty icon="search" title={text.nobody} text={text.nobodyText} />;
  return (
    <List label={text.found}>
      {search.people.map((person) => (
        <FoundRow key={person.id} person={person} />
      ))}
    </List>
  );
};

/** The page of people: finds somebody to write to or to call. */
const PeoplePage = () => {
  const [query, setQuery] = useState('');
  const { frame, chats: text } = useStore(words);
  return (
    <Page title={frame.people}>
      <SearchField label={text.searchPeople} value={query} onInput={setQuery} />
      <div aria-live="polite">
        <Results query={query} />
      </div>
    </Page>
  );
};

export default PeoplePage;
