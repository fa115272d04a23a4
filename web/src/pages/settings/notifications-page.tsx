import { useState } from 'preact/hooks';
import { errorText } from '../../app/error-text.ts';
import { isPushOn, pushState, turnPush } from '../../app/notifications.ts';
import { words } from '../../app/words.ts';
import { Switch } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { showToast } from '../../parts/toast.tsx';

/** Whether calls and messages are told while the app is closed. */
export const NotificationsPage = () => {
  const { settings } = words.value;
  const [busy, setBusy] = useState(false);
  const state = pushState.value;
  const notes = {
    denied: settings.pushDenied,
    missing: settings.pushMissing,
    ios: settings.pushIos,
    possible: undefined,
  };
  const turn = async (on: boolean) => {
    setBusy(true);
    await turnPush(on).catch((error) => showToast({ text: errorText(error) }));
    setBusy(false);
  };
  return (
    <Page title={settings.notifications} back="/settings">
      <div class="column">
        <div class="group padded form">
          <Switch
            label={settings.pushOn}
            on={isPushOn.value}
            disabled={busy || state !== 'possible'}
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
