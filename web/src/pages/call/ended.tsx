import type { Call, CallState } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { errorText } from '../../app/error-text.ts';
import { goTo } from '../../app/go.ts';
import {
  comeBackTo,
  lastCallee,
  moveCall,
  putCallAway,
  shownCall,
  startCall,
} from '../../app/live/calls.ts';
import { offerPush } from '../../app/push-offer.tsx';
import { formatDuration } from '../../app/time.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Button } from '../../parts/button.tsx';
import { ReportDialog } from './report-dialog.tsx';
import { useTitle } from './title.ts';

type EndedState = Extract<CallState, { state: 'ended' }>;

/** How to go on: call again, or take back a call that went elsewhere. */
const GoOn = ({ call, ended }: EndedProps) => {
  const { calls: text } = useStore(words);
  const id = useStore(call.id);
  const callee = useStore(lastCallee);
  if (ended.reason === 'replaced' && id !== undefined)
    return (
      <Button icon="call" onPress={() => comeBackTo(id)}>
        {text.takeHere}
      </Button>
    );
  if (ended.reason === 'moved' && id !== undefined)
    return (
      <Button icon="call" onPress={() => moveCall(id)}>
        {text.moveHere}
      </Button>
    );
  if (!callee || ended.reason === 'signed_out') return null;
  return (
    <Button icon="call" onPress={() => startCall(callee.to, callee.video)}>
      {text.callAgain}
    </Button>
  );
};

interface EndedProps {
  readonly call: Call;
  readonly ended: EndedState;
}

/** What is said when a call is over, and a way to tell what was wrong. */
export const Ended = ({ call, ended }: EndedProps) => {
  const { calls: text } = useStore(words);
  const heading = useRef<HTMLHeadingElement>(null);
  const [isReport, setIsReport] = useState(false);
  const error = useStore(call.error);
  const title = useTitle(call);
  const [first] = useStore(call.people);
  useEffect(() => {
    heading.current?.focus();
    if (ended.talkedMs > 0) offerPush();
  }, []);
  // Whoever goes elsewhere has seen how it ended.
  useEffect(
    () => () => {
      if (shownCall.get() === call) putCallAway();
    },
    [call],
  );
  const done = () => goTo('/calls');
  return (
    <div class="call-ended">
      <Avatar id={first?.user ?? ''} name={title} size={96} />
      <h1 ref={heading} tabIndex={-1}>
        {text.ended[ended.reason]}
      </h1>
      <p class="dim">
        {title}
        {ended.talkedMs > 0 && ` · ${text.talked(formatDuration(ended.talkedMs))}`}
      </p>
      {ended.reason === 'failed' && error && <p role="alert">{errorText(error)}</p>}
      <div class="buttons">
        <GoOn call={call} ended={ended} />
        <Button look="plain" onPress={done}>
          {text.done}
        </Button>
      </div>
      <button type="button" class="text-button" onClick={() => setIsReport(true)}>
        {text.wrong}
      </button>
      {isReport && <ReportDialog call={call} onClose={() => setIsReport(false)} />}
    </div>
  );
};
