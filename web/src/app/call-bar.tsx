import type { Call, CallState } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { showToast } from '../parts/toast.tsx';
import { goTo } from './go.ts';
import { shownCall } from './live/calls.ts';
import { nameOf } from './names.ts';
import { formatDuration, now, watchTime } from './time.ts';
import { words } from './words.ts';

/** How long it lasts, or where it stands. */
const Standing = ({ state }: { state: CallState }) => {
  useEffect(watchTime, []);
  const { calls: text } = useStore(words);
  const time = useStore(now);
  if (state.state === 'talking') return <>{formatDuration(time - state.since)}</>;
  if (state.state === 'ended') return <>{text.ended[state.reason]}</>;
  return <>{text[state.state]}</>;
};

const Bar = ({ call }: { call: Call }) => {
  const { calls: text } = useStore(words);
  const state = useStore(call.state);
  const { microphone } = useStore(call.me);
  const id = useStore(call.id) ?? 'new';
  const names = useStore(call.people).map(nameOf).join(', ') || text.running;
  const isOver = state.state === 'ended';
  useEffect(() => {
    if (!isOver) return;
    // The person is elsewhere: a note is enough, and leads to what can be said about the call.
    const said = text.ended[state.reason];
    showToast({ text: said, action: { label: text.wrong, run: () => goTo(`/call/${id}`) } });
  }, [isOver]);
  if (isOver) return null;
  return (
    <aside class="call-bar" aria-label={text.running}>
      <a href={`/call/${id}`}>
        <Icon name="call" size={20} />
        <span class="row-text">
          <span class="row-title">{names}</span>
          <span class="call-bar-state">
            <Standing state={state} />
          </span>
        </span>
        <span class="visually-hidden">{text.backToCall}</span>
      </a>
      <IconButton
        icon={microphone.on ? 'mic' : 'micOff'}
        label={microphone.on ? text.muteOn : text.muteOff}
        onPress={() => void call.microphone(!microphone.on).catch(() => undefined)}
      />
      <button
        type="button"
        class="icon-button hang-up"
        aria-label={text.hangUp}
        title={text.hangUp}
        onClick={() => void call.hangUp().catch(() => undefined)}
      >
        <Icon name="hangup" />
      </button>
    </aside>
  );
};

/** The call that goes on, while another page is shown: how it stands, mute, hang up. */
export const CallBar = () => {
  const { path } = useLocation();
  const call = useStore(shownCall);
  if (!call || path.startsWith('/call/')) return null;
  return <Bar call={call} />;
};
