import { useStore } from 'aist-client/preact';
import { moveCall } from '../../app/live/calls.ts';
import { inbox } from '../../app/live/live.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { CallRow } from './call-row.tsx';
import { useHistory } from './history.ts';

/** A call that another device of mine is in: it can go on here. */
const Elsewhere = () => {
  const { calls: text } = useStore(words);
  const running = useStore(inbox.inCall);
  if (!running || running.here) return null;
  return (
    <div class="call-note" role="status">
      <span>{text.onOtherDevice}</span>
      <Button icon="call" onPress={() => moveCall(running.call)}>
        {text.moveHere}
      </Button>
    </div>
  );
};

/** The page of calls: those that were, the newest first. */
const CallsPage = () => {
  const { frame, chats, calls: text } = useStore(words);
  const { calls, error, hasMore, busy, more, retry } = useHistory();
  return (
    <Page title={frame.calls}>
      <Elsewhere />
      {calls === undefined && error === undefined && <Loading />}
      {error !== undefined && <Failed why={error} onRetry={retry} />}
      {calls?.length === 0 && (
        <Empty icon="call" title={text.none} text={text.noneText}>
          <a class="button" href="/people">
            {chats.findPeople}
          </a>
        </Empty>
      )}
      {calls && calls.length > 0 && (
        <List label={text.history}>
          {calls.map((call) => (
            <CallRow key={call.callId} call={call} />
          ))}
        </List>
      )}
      {hasMore && (
        <div class="more">
          <Button look="plain" busy={busy} onPress={more}>
            {text.more}
          </Button>
        </div>
      )}
    </Page>
  );
};

export default CallsPage;
