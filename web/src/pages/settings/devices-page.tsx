import type { SignedInDevice } from 'aist-client/devices';
import { listDevices, signDeviceOut, signOthersOut } from 'aist-client/devices';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { deviceOf, placeOf } from '../../app/device.ts';
import { timeAgo } from '../../app/error-text.ts';
import { useLoad } from '../../app/use-load.ts';
import { language, words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { List, Row } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { showToast } from '../../parts/toast.tsx';

const dateOf = (at: string): string =>
  new Intl.DateTimeFormat(language.get(), { dateStyle: 'medium' }).format(new Date(at));

const Device = ({ device, onEnd }: { device: SignedInDevice; onEnd?: () => void }) => {
  const { settings } = useStore(words);
  const seen = device.current
    ? []
    : [settings.lastSeen(timeAgo(new Date(device.lastSeenAt).getTime()))];
  const came = `${settings.signedIn(dateOf(device.createdAt))} ${settings.byMethod[device.method]}`;
  return (
    <Row
      icon={/android|ios/i.test(device.system) ? 'phone' : 'desktop'}
      title={deviceOf(device)}
      text={[placeOf(device), ...seen, came].filter(Boolean).join(' · ')}
      end={
        onEnd && (
          <Button look="plain" onPress={onEnd}>
            {settings.endOne}
            <span class="visually-hidden">{`: ${deviceOf(device)}`}</span>
          </Button>
        )
      }
    />
  );
};

/** Where I am signed in, and how to end that. */
export const DevicesPage = () => {
  const { settings } = useStore(words);
  const { loaded, reload } = useLoad(() => listDevices(client));
  const [ending, setEnding] = useState<SignedInDevice | 'others'>();
  const devices = loaded.state === 'ready' ? loaded.value : [];
  const others = devices.filter(({ current }) => !current);

  const endOne = async (device: SignedInDevice) => {
    await signDeviceOut(client, device);
    showToast({ text: settings.ended });
    await reload();
  };
  const endOthers = async () => {
    const count = await signOthersOut(client);
    showToast({ text: settings.endedOthers(count) });
    await reload();
  };

  return (
    <Page title={settings.devices} back="/settings">
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'failed' && <Failed why={loaded.why} onRetry={() => void reload()} />}
      {loaded.state === 'ready' && (
        <div class="column">
          <h2>{settings.thisDevice}</h2>
          <div class="group">
            <List label={settings.thisDevice}>
              {devices
                .filter(({ current }) => current)
                .map((device) => (
                  <Device key={device.id} device={device} />
                ))}
            </List>
          </div>
          {others.length === 0 ? (
            <Empty icon="desktop" title={settings.noOthers} text={settings.noOthersText} />
          ) : (
            <>
              <h2>{settings.otherDevices}</h2>
              <div class="group">
                <List label={settings.otherDevices}>
                  {others.map((device) => (
                    <Device key={device.id} device={device} onEnd={() => setEnding(device)} />
                  ))}
                </List>
              </div>
              <Button look="danger" wide onPress={() => setEnding('others')}>
                {settings.endOthers}
              </Button>
            </>
          )}
        </div>
      )}
      {ending === 'others' && (
        <Confirm
          title={settings.endOthersTitle}
          text={settings.endOthersText}
          action={settings.endOthers}
          run={endOthers}
          onClose={() => setEnding(undefined)}
        />
      )}
      {ending && ending !== 'others' && (
        <Confirm
          title={settings.endOneTitle}
          text={settings.endOneText(deviceOf(ending))}
          action={settings.endOne}
          run={() => endOne(ending)}
          onClose={() => setEnding(undefined)}
        />
      )}
    </Page>
  );
};
