import { useStore } from 'aist-client/preact';
import { loadMe } from '../../app/me.ts';
import { useLoad } from '../../app/use-load.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Page } from '../../parts/page.tsx';
import { ProfileForm } from '../../parts/profile-form.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { showToast } from '../../parts/toast.tsx';

/** Name and nickname. */
export const ProfilePage = () => {
  const { settings, frame } = useStore(words);
  const { loaded, reload } = useLoad(loadMe);
  return (
    <Page title={settings.profile} back="/settings">
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'failed' && <Failed why={loaded.why} onRetry={() => void reload()} />}
      {loaded.state === 'ready' && (
        <div class="column">
          <div class="group padded">
            <div class="profile-head">
              <Avatar
                id={loaded.value.userId}
                name={loaded.value.displayName || loaded.value.username}
                size={96}
              />
              <span class="dim">{loaded.value.phone}</span>
            </div>
            <ProfileForm
              profile={loaded.value}
              action={frame.save}
              onSaved={() => showToast({ text: frame.saved })}
            />
          </div>
        </div>
      )}
    </Page>
  );
};
