import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { errorText } from '../../app/error-text.ts';
import { goTo } from '../../app/go.ts';
import { chats } from '../../app/live/live.ts';
import type { Found } from '../../app/people-search.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { PeoplePicker } from '../../parts/people-picker.tsx';

/** Makes a group or a channel. */
export const NewChat = ({ onClose }: { onClose: () => void }) => {
  const { chats: text } = useStore(words);
  const [type, setType] = useState<'group' | 'channel'>('group');
  const [name, setName] = useState('');
  const [members, setMembers] = useState<readonly Found[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>();

  const create = async (event: Event) => {
    event.preventDefault();
    if (busy || !name.trim()) return;
    setBusy(true);
    setError(undefined);
    try {
      const chat = await chats.create({ type, name, members: members.map(({ id }) => id) });
      onClose();
      goTo(`/c/${chat.id}`);
    } catch (failed) {
      setError(errorText(failed));
      setBusy(false);
    }
  };

  return (
    <Dialog title={text.add} onClose={onClose}>
      <form class="form" onSubmit={create}>
        <Choice
          label={text.add}
          value={type}
          options={[
            { value: 'group', label: text.newGroup },
            { value: 'channel', label: text.newChannel },
          ]}
          onChoose={setType}
        />
        <Field
          label={text.groupName}
          value={name}
          maxLength={64}
          error={error}
          onInput={(value) => {
            setName(value);
            setError(undefined);
          }}
        />
        <PeoplePicker chosen={members} onChange={setMembers} />
        <Button type="submit" wide busy={busy} disabled={!name.trim()}>
          {text.create}
        </Button>
      </form>
    </Dialog>
  );
};
