import { useStore } from 'aist-client/preact';
import { words } from '../../app/words.ts';
import { Dialog } from '../../parts/dialog.tsx';

/** Which way a browser lets devices be allowed. */
const kindOfBrowser = (): 'chrome' | 'firefox' | 'safari' | 'iphone' | 'android' => {
  const { userAgent } = navigator;
  if (/iPhone|iPad/.test(userAgent)) return 'iphone';
  if (/Android/.test(userAgent)) return 'android';
  if (/Firefox/.test(userAgent)) return 'firefox';
  return /Chrome/.test(userAgent) ? 'chrome' : 'safari';
};

/** How to allow microphone and camera in this very browser. */
export const HowToAllow = ({ onClose }: { onClose: () => void }) => {
  const { trouble: text } = useStore(words);
  return (
    <Dialog title={text.how} onClose={onClose}>
      <p>{text.allow[kindOfBrowser()]}</p>
    </Dialog>
  );
};
