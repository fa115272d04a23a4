import { createStore } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import { useEffect, useState } from 'preact/hooks';
import { goTo } from '../../app/go.ts';
import { acceptCall, comeBackTo, moveCall, shownCall } from '../../app/live/calls.ts';
import { isHeldElsewhere } from '../../app/live/held-call.ts';
import { inbox } from '../../app/live/live.ts';
import { nameOf } from '../../app/names.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Loading } from '../../parts/states.tsx';
import { CallScreen } from './call-screen.tsx';

/** Whether another tab of this browser has a call; undefined until it is known. */
const useOtherTab = (call: string): boolean | undefined => {
  const [isThere, setIsThere] = useState<boolean | undefined>();
  useEffect(() => {
    let isGone = false;
    const look = async () => {
      const is = await isHeldElsewhere(call);
      if (!isGone) setIsThere(is);
    };
    void look();
    addEventListener('focus', look);
    return () => {
      isGone = true;
      removeEventListener('focus', look);
    };
  }, [call]);
  return isThere;
};

/** A call of mine that this tab does not have: it rings, or is in another tab or device. */
const NotHere = ({ id }: { id: string }) => {
  const { frame, calls: text } = useStore(words);
  const ring = useStore(inbox.rings).find(({ call }) => call === id);
  const running = useStore(inbox.inCall);
  const link = useStore(inbox.link);
  const isInOtherTab = useOtherTab(id);
  if (link.state === 'connecting' || isInOtherTab === undefined) return <Loading />;
  if (ring)
    return (
      <Empty icon="call" title={text.ringTitle(nameOf(ring.from))}>
        <Button icon="call" onPress={() => acceptCall(ring, ring.video)}>
          {text.accept}
        </Button>
      </Empty>
    );
  if (running?.call !== id)
    return (
      <Empty icon="call" title={text.over} text={text.overText}>
        <a class="button" href="/calls">
          {frame.calls}
        </a>
      </Empty>
    );
  if (!running.here)
    return (
      <Empty icon="phone" title={text.onOtherDevice}>
        <Button icon="call" onPress={() => moveCall(id)}>
          {text.moveHere}
        </Button>
      </Empty>
    );
  return (
    <Empty
      icon="call"
      title={isInOtherTab ? text.inOtherTab : text.running}
      {...(isInOtherTab && { text: text.inOtherTabText })}
    >
      <Button icon="call" onPress={() => comeBackTo(id)}>
        {isInOtherTab ? text.takeHere : text.backToCall}
      </Button>
    </Empty>
  );
};

/** The id of a call that is not there. */
const NO_ID = createStore(undefined);

/** The page of a call: the one of this tab, or where it is. */
const CallPage = ({ params }: { params?: Readonly<Record<string, string | undefined>> }) => {
  const asked = params?.['id'] ?? 'new';
  const { calls: text } = useStore(words);
  const call = useStore(shownCall);
  const id = useStore(call?.id ?? NO_ID);
  const isThis = call !== undefined && (id === undefined || id === asked || asked === 'new');
  useEffect(() => {
    if (isThis && id !== undefined && asked !== id) goTo(`/call/${id}`, { replace: true });
    if (!isThis && asked === 'new') goTo('/calls', { replace: true });
  }, [isThis, id, asked]);
  if (isThis) return <CallScreen call={call} />;
  return (
    <Page title={text.running} back="/calls">
      <NotHere id={asked} />
    </Page>
  );
};

export default CallPage;
