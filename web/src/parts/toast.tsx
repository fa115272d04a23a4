import { createStore } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import { words } from '../app/words.ts';
import { IconButton } from './button.tsx';

/** A note that passes by itself, with what one may do about it. */
export interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** It stays until it is closed. */
  readonly stays?: boolean;
}

interface Shown extends Toast {
  readonly id: number;
}

/** How long a note is shown, in milliseconds. */
const SHOWN_MS = 6_000;

const shown = createStore<readonly Shown[]>([]);
let last = 0;

const drop = (id: number): void => {
  shown.set(shown.get().filter((toast) => toast.id !== id));
};

/** Shows a note at the edge of the screen; a screen reader says it. Returns what removes it. */
export const showToast = (toast: Toast): (() => void) => {
  last += 1;
  const id = last;
  const others = shown.get().filter(({ text }) => text !== toast.text);
  shown.set([...others.slice(-2), { ...toast, id }]);
  if (!toast.stays) setTimeout(() => drop(id), SHOWN_MS);
  return () => drop(id);
};

/** Where notes appear: once, in the frame of the app. */
export const Toasts = () => {
  const { frame } = useStore(words);
  return (
    <div class="toasts" role="status">
      {useStore(shown).map(({ id, text, action }) => (
        <div class="toast" key={id}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              class="toast-action"
              onClick={() => {
                drop(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <IconButton icon="close" label={frame.close} onPress={() => drop(id)} />
        </div>
      ))}
    </div>
  );
};
