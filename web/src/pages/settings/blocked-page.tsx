import type { Answer } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import { client } from '../../app/client.ts';
import { errorText } from '../../app/error-text.ts';
import { nameOf } from '../../app/me.ts';
import { useLoad } from '../../app/use-load.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Button } from '../../parts/button.tsx';
import { List, Row } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { showToast } from '../../parts/toast.tsx';

type Blocked = Answer<'listBlocked'>[number];

/** Whom I have blocked. */
export const BlockedPage = () => {
  const { settings } = useStore(words);
  const { loaded, reload, change } = useLoad(() => client.request('listBlocked'));
  const people = loaded.state === 'ready' ? loaded.value : [];

  const unblock = async (person: Blocked) => {
    try {
      await client.request('unblockUser', { id: person.id });
      change(people.filter(({ id }) => id !== person.id));
      showToast({ text: settings.unblocked(nameOf(person) || settings.noName) });
    } catch (error) {
      showToast({ text: errorText(error) });
    }
  };

  return (
    <Page title={settings.blocked} back="/settings">
      {loaded.state === 'loading' && <Loading />}
      {loaded.state === 'failed' && <Failed why={loaded.why} onRetry={() => void reload()} />}
      {loaded.state === 'ready' && people.length === 0 && (
        <Empty icon="block" title={settings.noBlocked} text={settings.noBlockedText} />
      )}
      {people.length > 0 && (
        <div class="column">
          <div class="group">
            <List label={settings.blocked}>
              {people.map((person) => (
                <Row
                  key={person.id}
                  start={<Avatar id={person.id} name={nameOf(person)} />}
                  title={nameOf(person) || settings.noName}
                  text={person.username && `@${person.username}`}
                  end={
                    <Button look="plain" onPress={() => void unblock(person)}>
                      {settings.unblock}
                    </Button>
                  }
                />
              ))}
            </List>
          </div>
        </div>
      )}
    </Page>
  );
};
