import { useStore } from 'aist-client/preact';
import '../settings/settings.css';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { loadMe, noteWelcome } from '../../app/me.ts';
import { useLoad } from '../../app/use-load.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Page } from '../../parts/page.tsx';
import { ProfileForm } from '../../parts/profile-form.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Permissions } from './permissions.tsx';

/** The first steps of somebody new: their name, then what the browser has to allow. */
const WelcomePage = () => {
  const { welcome } = useStore(words);
  const { route } = useLocation();
  const { loaded, reload } = useLoad(loadMe);
  const [named, setNamed] = useState(false);
  const leave = () => {
    noteWelcome();
    route('/', true);
  };
  if (named) return <Permissions onDone={leave} />;
  return (
    <Page title={welcome.title}>
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'failed' && <Failed why={loaded.why} onRetry={() => void reload()} />}
      {loaded.state === 'ready' && (
        <div class="column">
          <div class="group padded">
            <p class="dim">{welcome.lead}</p>
            <ProfileForm
              profile={loaded.value}
              action={welcome.next}
              onSaved={() => setNamed(true)}
            >
              <Button look="plain" wide onPress={() => setNamed(true)}>
                {welcome.later}
              </Button>
            </ProfileForm>
          </div>
        </div>
      )}
    </Page>
  );
};

export default WelcomePage;
