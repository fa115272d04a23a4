import type { ListedChat, OpenChat, ShownMessage } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { attempt } from '../../app/errors.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog, Sheet } from '../../parts/dialog.tsx';
import { List, Row } from '../../parts/list.tsx';
import { showToast } from '../../parts/toast.tsx';

interface ActionsProps {
  readonly chat: OpenChat;
  readonly about: ListedChat;
  readonly message: ShownMessage;
  readonly onEdit: () => void;
  readonly onClose: () => void;
}

/** Asks before a message is deleted for everybody. */
const RemoveMessage = ({ chat, message, onClose }: Omit<ActionsProps, 'about' | 'onEdit'>) => {
  const { frame, chats: text } = useStore(words);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    if (message.id === undefined) return;
    const { id } = message;
    setBusy(true);
    await attempt(() => chat.remove(id));
    onClose();
  };
  return (
    <Dialog title={text.removeAsk} onClose={onClose}>
      <p>{text.removeText}</p>
      <div class="buttons">
        <Button look="plain" onPress={onClose}>
          {frame.cancel}
        </Button>
        <Button look="danger" busy={busy} onPress={remove}>
          {text.remove}
        </Button>
      </div>
    </Dialog>
  );
};

/** What may be done with a message: the sender edits and deletes, admins of a group delete. */
export const Actions = ({ chat, about, message, onEdit, onClose }: ActionsProps) => {
  const { chats: text } = useStore(words);
  const [isRemoving, setIsRemoving] = useState(false);
  const { fromMe } = message;
  if (isRemoving) return <RemoveMessage chat={chat} message={message} onClose={onClose} />;
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(message.text);
      showToast({ text: text.copied });
    });
  const canRemove = fromMe || (about.type !== 'user' && about.role === 'admin');
  const then = (work: () => unknown) => () => {
    onClose();
    work();
  };
  return (
    <Sheet title={text.actions} onClose={onClose}>
      <List label={text.actions}>
        {message.text && <Row icon="copy" title={text.copy} onPress={then(copy)} />}
        {fromMe && <Row icon="edit" title={text.edit} onPress={then(onEdit)} />}
        {canRemove && (
          <Row icon="trash" title={text.remove} danger onPress={() => setIsRemoving(true)} />
        )}
      </List>
    </Sheet>
  );
};
