import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { words } from '../../app/words.ts';
import { PeoplePicker } from '../../parts/people-picker.tsx';
import { tell } from './errors.ts';

/** How many others a call has at most: everybody sends to everybody. */
const MOST = 7;

/** Rings somebody else into the call, which goes on meanwhile. */
export const AddPerson = ({ call, onDone }: { call: Call; onDone: () => void }) => {
  const { calls: text } = useStore(words);
  const there = useStore(call.people).filter(({ state }) => state !== 'left');
  if (there.length >= MOST) return <p>{text.full}</p>;
  return (
    <>
      <p class="dim">{text.addText}</p>
      <PeoplePicker
        chosen={[]}
        onChange={([person]) => {
          if (!person) return;
          onDone();
          void tell(call.invite(person.id));
        }}
      />
    </>
  );
};
