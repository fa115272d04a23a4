import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { callWith } from '../../app/live/calls.ts';
import { words } from '../../app/words.ts';
import { PeoplePicker } from '../../parts/people-picker.tsx';

/** How many others a call has at most: everybody sends to everybody. */
const MOST = 7;

/** Rings somebody else and everybody who is there into a group call. */
export const AddPerson = ({ call, onDone }: { call: Call; onDone: () => void }) => {
  const { calls: text } = useStore(words);
  const there = useStore(call.people).filter(({ state }) => state !== 'left');
  const { on } = useStore(call.me).camera;
  if (there.length >= MOST) return <p>{text.full}</p>;
  return (
    <>
      <p class="dim">{text.addText}</p>
      <PeoplePicker
        chosen={[]}
        onChange={([person]) => {
          if (!person) return;
          onDone();
          void callWith([...there.map(({ user }) => user), person.id], on);
        }}
      />
    </>
  );
};
