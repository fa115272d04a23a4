import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { client } from '../../app/client.ts';
import { me, nameOf } from '../../app/me.ts';
import { turnNotifications } from '../../app/notifications.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Icon } from '../../parts/icon.tsx';
import { List, Row } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';

const More = () => <Icon name="forward" size={20} />;

/** What there is to set. */
export const MenuPage = () => {
  const { settings, frame } = useStore(words);
  const [leaving, setLeaving] = useState(false);
  const leave = async () => {
    // Pushes are for who is signed in here; whoever comes next gets none of theirs.
    await turnNotifications(false).catch(() => undefined);
    await client.signOut();
  };
  const profile = useStore(me);
  const name = (profile && nameOf(profile)) || settings.noName;
  return (
    <Page title={frame.settings}>
      <div class="column">
        <div class="group">
          <List label={settings.profile}>
            <Row
              href="/settings/profile"
              start={
                <Avatar
                  id={profile?.userId ?? ''}
                  name={profile?.displayName || profile?.username || ''}
                  size={64}
                />
              }
              title={name}
              text={profile?.phone}
              end={<More />}
            />
          </List>
        </div>
        <div class="group">
          <List label={frame.settings}>
            <Row
              href="/qr"
              icon="qr"
              title={settings.scan}
              text={settings.scanText}
              end={<More />}
            />
            <Row
              href="/settings/devices"
              icon="desktop"
              title={settings.devices}
              text={settings.devicesText}
              end={<More />}
            />
            <Row
              href="/settings/notifications"
              icon="bell"
              title={settings.notifications}
              text={settings.notificationsText}
              end={<More />}
            />
            <Row href="/settings/look" icon="globe" title={settings.look} end={<More />} />
            <Row
              href="/settings/blocked"
              icon="block"
              title={settings.blocked}
              text={settings.blockedText}
              end={<More />}
            />
          </List>
        </div>
        <div class="group">
          <List label={settings.signOut}>
            <Row icon="exit" danger title={settings.signOut} onPress={() => setLeaving(true)} />
          </List>
        </div>
      </div>
      {leaving && (
        <Confirm
          title={settings.signOutTitle}
          text={settings.signOutText}
          action={settings.signOut}
          run={leave}
          onClose={() => setLeaving(false)}
        />
      )}
    </Page>
  );
};
