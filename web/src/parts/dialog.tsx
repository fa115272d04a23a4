import { useStore } from 'aist-client/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { words } from '../app/words.ts';
import { IconButton } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** In the middle, or from the lower edge as on phones. */
  readonly look?: 'dialog' | 'sheet';
}

/**
 * A dialog over the page, as long as it is drawn: the browser keeps the focus in it, and Escape or
 * a press beside it closes it.
 */
export const Dialog = ({ title, onClose, children, look = 'dialog' }: DialogProps) => {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const { current } = element;
    current?.showModal();
    return () => current?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same, by the browser.
    <dialog
      ref={element}
      class={look}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={useStore(words).frame.close} onPress={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
};

/** A {@link Dialog} from the lower edge of the screen. */
export const Sheet = (props: Omit<DialogProps, 'look'>) => <Dialog {...props} look="sheet" />;
