import type { ListedChat } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { attempt } from '../../app/errors.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';

/** Changes name and description of a group or channel, as its admin. */
export const EditGroup = ({ about, description }: { about: ListedChat; description: string }) => {
  const { frame, chats: text } = useStore(words);
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState(about.name);
  const [described, setDescribed] = useState(description);
  const [busy, setBusy] = useState(false);
  if (!isOpen)
    return (
      <Button look="plain" icon="edit" onPress={() => setIsOpen(true)}>
        {text.edit}
      </Button>
    );
  const save = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const done = await attempt(() =>
      client.request('updateChat', { id: about.id, name, description: described }),
    );
    setBusy(false);
    if (done) setIsOpen(false);
  };
  return (
    <form class="form" onSubmit={save}>
      <Field label={text.groupName} value={name} maxLength={64} onInput={setName} />
      <Field label={text.description} value={described} maxLength={255} onInput={setDescribed} />
      <div class="buttons">
        <Button look="plain" onPress={() => setIsOpen(false)}>
          {frame.cancel}
        </Button>
        <Button type="submit" busy={busy} disabled={!name.trim()}>
          {frame.save}
        </Button>
      </div>
    </form>
  );
};
