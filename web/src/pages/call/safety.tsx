import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { nameOf } from '../../app/names.ts';
import { words } from '../../app/words.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Icon } from '../../parts/icon.tsx';

/** The emoji of each person: of a call of two the same four on both sides. */
const AllEmoji = ({ call }: { call: Call }) => (
  <ul class="safety-list">
    {useStore(call.people)
      .filter(({ safety }) => safety.length > 0)
      .map((person) => (
        <li key={person.user}>
          <span>{nameOf(person)}</span>
          <span class="safety-large">{person.safety.join(' ')}</span>
        </li>
      ))}
  </ul>
);

/** The emoji that tell whether somebody stands between; a press explains them. */
export const Safety = ({ call }: { call: Call }) => {
  const { calls: text } = useStore(words);
  const [isOpen, setIsOpen] = useState(false);
  const emoji = useStore(call.safety);
  const isKnown = useStore(call.people).some(({ safety }) => safety.length > 0);
  if (!isKnown) return null;
  return (
    <>
      <button type="button" class="safety" onClick={() => setIsOpen(true)}>
        <span class="visually-hidden">{text.safety}: </span>
        {emoji.length > 0 ? emoji.join('') : <Icon name="lock" size={20} />}
      </button>
      {isOpen && (
        <Dialog title={text.safety} onClose={() => setIsOpen(false)}>
          <AllEmoji call={call} />
          <p>{text.safetyText}</p>
          <p class="dim">{text.safetyNot}</p>
        </Dialog>
      )}
    </>
  );
};
