import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { handleOf, nameOf } from '../app/names.ts';
import type { Found } from '../app/people-search.ts';
import { usePeopleSearch } from '../app/people-search.ts';
import { words } from '../app/words.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icon.tsx';
import { List, Row } from './list.tsx';
import { SearchField } from './search-field.tsx';

interface PeoplePickerProps {
  readonly chosen: readonly Found[];
  readonly onChange: (chosen: readonly Found[]) => void;
}

/** Finds people and keeps those who are chosen. */
export const PeoplePicker = ({ chosen, onChange }: PeoplePickerProps) => {
  const [query, setQuery] = useState('');
  const search = usePeopleSearch(query);
  const { chats: text } = useStore(words);
  const found =
    search.state === 'found'
      ? search.people.filter(({ id }) => chosen.every((one) => one.id !== id))
      : [];
  const choose = (person: Found) => {
    onChange([...chosen, person]);
    setQuery('');
  };
  return (
    <div class="picker">
      {chosen.length > 0 && (
        <ul class="chips" aria-label={text.chosen}>
          {chosen.map((person) => (
            <li key={person.id}>
              <button
                type="button"
                class="chip"
                aria-label={text.takeOut(nameOf(person))}
                onClick={() => onChange(chosen.filter(({ id }) => id !== person.id))}
              >
                {nameOf(person)}
                <Icon name="close" size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <SearchField label={text.searchPeople} value={query} onInput={setQuery} />
      <div class="picker-found" aria-live="polite">
        <List label={text.found}>
          {found.map((person) => (
            <Row
              key={person.id}
              start={<Avatar id={person.id} name={nameOf(person)} size={40} />}
              title={nameOf(person)}
              text={handleOf(person)}
              onPress={() => choose(person)}
            />
          ))}
        </List>
        {search.state === 'found' && found.length === 0 && <p class="dim">{text.nobody}</p>}
        {search.state === 'failed' && <p class="error">{search.why}</p>}
      </div>
    </div>
  );
};
