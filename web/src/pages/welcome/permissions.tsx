import { useStore } from 'aist-client/preact';
import { useEffect, useState } from 'preact/hooks';
import { notifications, readNotifications, turnNotifications } from '../../app/notifications.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { List, Row } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';

interface AskProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  /** Has the browser ask; says whether it is allowed. */
  readonly ask: () => Promise<boolean>;
}

/** One permission: what it is for, and a button that has the browser ask. */
const Ask = ({ icon, title, text, ask }: AskProps) => {
  const { welcome } = useStore(words);
  const [state, setState] = useState<'open' | 'busy' | 'allowed' | 'denied'>('open');
  const press = async () => {
    setState('busy');
    setState((await ask().catch(() => false)) ? 'allowed' : 'denied');
  };
  return (
    <Row
      icon={icon}
      title={title}
      text={state === 'denied' ? welcome.denied : text}
      end={
        state === 'allowed' ? (
          <span class="allowed">{welcome.allowed}</span>
        ) : (
          <Button look="plain" busy={state === 'busy'} onPress={() => void press()}>
            {welcome.allow}
            <span class="visually-hidden">{`: ${title}`}</span>
          </Button>
        )
      }
    />
  );
};

/** Has the browser ask for a device, and lets go of it at once. */
const askFor = async (wanted: MediaStreamConstraints): Promise<boolean> => {
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  for (const track of stream.getTracks()) track.stop();
  return true;
};

/** What calls need, explained before the browser asks. */
export const Permissions = ({ onDone }: { onDone: () => void }) => {
  const { welcome } = useStore(words);
  const state = useStore(notifications);
  useEffect(() => {
    // Without an answer nothing is offered; the settings are still there.
    void readNotifications().catch(() => undefined);
  }, []);
  const askToNotify = async () => {
    await turnNotifications(true);
    return Notification.permission === 'granted';
  };
  return (
    <Page title={welcome.allowTitle}>
      <div class="column">
        <p class="dim">{welcome.allowLead}</p>
        <div class="group">
          <List label={welcome.allowTitle}>
            <Ask
              icon="mic"
              title={welcome.microphone}
              text={welcome.microphoneText}
              ask={() => askFor({ audio: true })}
            />
            <Ask
              icon="camera"
              title={welcome.camera}
              text={welcome.cameraText}
              ask={() => askFor({ video: true })}
            />
            {(state === 'possible' || state === 'on') && (
              <Ask
                icon="bell"
                title={welcome.notifications}
                text={welcome.notificationsText}
                ask={askToNotify}
              />
            )}
          </List>
        </div>
        <Button wide onPress={onDone}>
          {welcome.done}
        </Button>
      </div>
    </Page>
  );
};
