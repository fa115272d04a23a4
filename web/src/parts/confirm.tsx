import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { errorText } from '../app/error-text.ts';
import { words } from '../app/words.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  /** What the button says, and what it does; the dialog closes once it is done. */
  readonly action: string;
  readonly run: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone, and says when it could not be done. */
export const Confirm = ({ title, text, action, run, onClose }: ConfirmProps) => {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const go = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await run();
      onClose();
    } catch (failure) {
      setError(errorText(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p class="dim">{text}</p>
      {error && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <div class="buttons">
        <Button look="plain" onPress={onClose}>
          {useStore(words).frame.cancel}
        </Button>
        <Button look="danger" busy={busy} onPress={() => void go()}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
};
