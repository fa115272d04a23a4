import { useStore } from 'aist-client/preact';
import { useEffect, useState } from 'preact/hooks';
import { errorText } from '../../app/error-text.ts';
import { notifications, readNotifications, turnNotifications } from '../../app/notifications.ts';
import { words } from '../../app/words.ts';
import { Switch } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { showToast } from '../../parts/toast.tsx';

/** Whether calls and messages are told while the app is closed. */
export const NotificationsPage = () => {
  const { settings } = useStore(words);
  const [busy, setBusy] = useState(false);
  const state = useStore(notifications);
  useEffect(() => {
    void readNotifications().catch((error) => showToast({ text: errorText(error) }));
  }, []);
  const notes = {
    denied: settings.pushDenied,
    missing: settings.pushMissing,
    ios: settings.pushIos,
    off: settings.pushOff,
    no_service: settings.pushNoService,
    loading: undefined,
    on: undefined,
    possible: undefined,
  };
  const turn = async (on: boolean) => {
    setBusy(true);
    await turnNotifications(on).catch((error) => showToast({ text: errorText(error) }));
    setBusy(false);
  };
  return (
    <Page title={settings.notifications} back="/settings">
      <div class="column">
        <div class="group padded form">
          <Switch
            label={settings.pushOn}
            on={state === 'on'}
            disabled={busy || !/^(on|possible|no_service)$/.test(state)}
            onChange={(on) => void turn(on)}
          />
          <p class="dim">{settings.pushWhy}</p>
          {notes[state] && (
            <p class="notice" role="status">
              {notes[state]}
            </p>
          )}
        </div>
      </div>
    </Page>
  );
};
