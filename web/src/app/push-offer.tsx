import { createStore } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { showToast } from '../parts/toast.tsx';
import { attempt } from './errors.ts';
import { notifications, turnNotifications } from './notifications.ts';
import { words } from './words.ts';

const OFFERED = 'aist.push-offered';

const isDue = createStore(false);

const wasOffered = (): boolean => {
  try {
    return localStorage.getItem(OFFERED) !== null;
  } catch {
    // What cannot be remembered is not asked again and again.
    return true;
  }
};

const close = (): void => {
  isDue.set(false);
  try {
    localStorage.setItem(OFFERED, '1');
  } catch {
    // It is asked again with the next visit.
  }
};

/**
 * Offers notifications once, when the person has seen what they are for: after a message was sent
 * or a call was over. The browser itself asks only when they want it.
 */
export const offerPush = (): void => {
  if (notifications.get() === 'possible' && !wasOffered()) isDue.set(true);
};

/** The offer, above the page. */
export const PushOffer = () => {
  const { chats: text } = useStore(words);
  if (!useStore(isDue)) return null;
  const accept = () => {
    close();
    void attempt(async () => {
      await turnNotifications(true);
      const { settings } = words.get();
      if (notifications.get() === 'no_service') showToast({ text: settings.pushNoService });
    });
  };
  return (
    <section class="push-offer" aria-label={text.pushTitle}>
      <Icon name="bell" />
      <p>
        <strong>{text.pushTitle}.</strong> {text.pushText}
      </p>
      <div class="push-offer-buttons">
        <Button look="plain" onPress={close}>
          {text.pushNo}
        </Button>
        <Button onPress={accept}>{text.pushYes}</Button>
      </div>
    </section>
  );
};
