import type { OpenChat, ShownMessage } from 'aist-client/chat';
import { useStore } from 'aist-client/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { attempt } from '../../app/errors.ts';
import { offerPush } from '../../app/push-offer.tsx';
import { words } from '../../app/words.ts';
import { IconButton } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { showToast } from '../../parts/toast.tsx';
import { encodePicture, PictureError } from './picture-file.ts';

const LONGEST = 4_000;

/** Whether keys are those of a keyboard: on a phone Enter begins a line. */
const hasKeyboard = (): boolean => matchMedia('(hover: hover) and (pointer: fine)').matches;

interface ComposerProps {
  readonly chat: OpenChat;
  readonly edited: ShownMessage | undefined;
  readonly onEdit: (message: ShownMessage | undefined) => void;
}

/** What is above the field: the message that is changed, or the picture that goes along. */
const Above = ({ edited, picture, onCancel }: AboveProps) => {
  const { frame, chats: text } = useStore(words);
  if (edited)
    return (
      <div class="composer-above">
        <Icon name="edit" size={20} />
        <span class="row-text">
          <span class="row-title">{text.editing}</span>
          <span class="row-more">{edited.text}</span>
        </span>
        <IconButton icon="close" label={frame.cancel} onPress={onCancel} />
      </div>
    );
  if (!picture) return null;
  return (
    <div class="composer-above">
      <img src={picture} alt={text.attached} />
      <span class="row-text">{text.attached}</span>
      <IconButton icon="close" label={text.removeAttachment} onPress={onCancel} />
    </div>
  );
};

interface AboveProps {
  readonly edited: ShownMessage | undefined;
  readonly picture: string | undefined;
  readonly onCancel: () => void;
}

/** Reads a picture that was chosen or pasted. */
const usePicture = () => {
  const [picture, setPicture] = useState<string | undefined>();
  const attach = async (file: Blob | null | undefined) => {
    if (!file) return;
    try {
      setPicture(await encodePicture(file));
    } catch (error) {
      const problem = error instanceof PictureError ? error.problem : 'notAPicture';
      showToast({ text: words.get().chats[problem] });
    }
  };
  return { picture, setPicture, attach };
};

/** The text that is written: kept as a draft, or that of the message that is changed. */
const useText = (chat: OpenChat, edited: ShownMessage | undefined) => {
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => chat.about.get()?.draft ?? '');
  const write = (value: string) => {
    setText(value);
    if (!edited) chat.draft(value);
  };
  useEffect(() => {
    if (hasKeyboard()) field.current?.focus();
  }, []);
  useEffect(() => {
    setText(edited ? edited.text : (chat.about.get()?.draft ?? ''));
    if (edited) field.current?.focus();
  }, [edited, chat]);
  useEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);
  return { field, text, setText, write };
};

/** Where messages are written. */
export const Composer = ({ chat, edited, onEdit }: ComposerProps) => {
  const { frame, chats: said } = useStore(words);
  const { field, text, setText, write } = useText(chat, edited);
  const { picture, setPicture, attach } = usePicture();
  const files = useRef<HTMLInputElement>(null);
  const isEmpty = text.trim() === '' && !(picture && !edited);

  const send = () => {
    field.current?.focus();
    if (isEmpty) return;
    if (edited?.id !== undefined) {
      const { id } = edited;
      onEdit(undefined);
      if (text.trim() !== edited.text) void attempt(() => chat.edit(id, text));
      return;
    }
    setText('');
    setPicture(undefined);
    const attachment = picture && { attachment: { type: 'image', url: picture } as const };
    // What went wrong is shown at the message.
    chat.send({ text, ...attachment }).then(offerPush, () => undefined);
  };
  const cancel = () => {
    if (edited) onEdit(undefined);
    else setPicture(undefined);
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && (edited || picture)) cancel();
    if (event.key === 'Enter' && !event.shiftKey && hasKeyboard()) {
      event.preventDefault();
      send();
    }
    if (event.key !== 'ArrowUp' || text !== '' || edited) return;
    const mine = chat.messages
      .get()
      .filter(({ fromMe, id, deleted }) => fromMe && id && !deleted)
      .at(-1);
    if (mine) {
      event.preventDefault();
      onEdit(mine);
    }
  };

  return (
    <div class="composer">
      <Above edited={edited} picture={picture} onCancel={cancel} />
      <form
        class="composer-line"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <input
          ref={files}
          type="file"
          accept="image/*"
          hidden
          onChange={(event) => {
            void attach(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
        <IconButton
          icon="attach"
          label={said.attach}
          disabled={edited !== undefined}
          onPress={() => files.current?.click()}
        />
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={said.message}
          placeholder={said.message}
          maxLength={LONGEST}
          value={text}
          onInput={(event) => {
            write(event.currentTarget.value);
            if (!edited) chat.type();
          }}
          onKeyDown={onKey}
          onPaste={(event) => {
            const [file] = [...(event.clipboardData?.files ?? [])];
            if (!file || edited) return;
            event.preventDefault();
            void attach(file);
          }}
        />
        <button
          type="submit"
          class="icon-button send"
          aria-label={edited ? frame.save : said.send}
          aria-disabled={isEmpty}
        >
          <Icon name={edited ? 'check' : 'send'} />
        </button>
      </form>
    </div>
  );
};
