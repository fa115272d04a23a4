import type { Call, CallState, DeviceProblem } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { attempt } from '../../app/errors.ts';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { useSecondsLeft } from './call-time.tsx';
import { tell } from './errors.ts';
import { HowToAllow } from './how-to-allow.tsx';
import { describeCause } from './state-words.ts';

type Reconnecting = Extract<CallState, { state: 'reconnecting' }>;

/** Why it has to come back, and when it will be given up. */
const ReconnectingBanner = ({ state }: { state: Reconnecting }) => {
  const { calls: text } = useStore(words);
  const seconds = useSecondsLeft(state.until);
  return (
    <div class="banner warn">
      <Icon name="offline" size={20} />
      <span role="status">
        <strong>{text.reconnecting}.</strong> {describeCause(state.cause)}.
      </span>
      {seconds !== undefined && <span class="banner-count">{text.secondsLeft(seconds)}</span>}
    </div>
  );
};

interface ProblemProps {
  readonly device: 'microphone' | 'camera';
  readonly problem: DeviceProblem;
  readonly onRetry: () => void;
}

const ProblemBanner = ({ device, problem, onRetry }: ProblemProps) => {
  const { trouble: text } = useStore(words);
  const [isHow, setIsHow] = useState(false);
  return (
    <div class="banner warn" role="alert">
      <Icon name={device === 'camera' ? 'videoOff' : 'micOff'} size={20} />
      <span>
        <strong>{text[problem][device]}.</strong> {problem !== 'denied' && text[`${problem}Text`]}
      </span>
      <span class="banner-buttons">
        {problem === 'denied' && (
          <Button look="plain" onPress={() => setIsHow(true)}>
            {text.how}
          </Button>
        )}
        <Button look="plain" onPress={onRetry}>
          {text.again}
        </Button>
      </span>
      {isHow && <HowToAllow onClose={() => setIsHow(false)} />}
    </div>
  );
};

/** Sound that the browser has held back: one press, and it is heard. */
const LockedBanner = ({ call }: { call: Call }) => {
  const { trouble: text } = useStore(words);
  return (
    <div class="banner warn" role="alert">
      <Icon name="speaker" size={20} />
      <span>{text.locked}</span>
      <Button onPress={() => attempt(() => call.unlockAudio())}>{text.hear}</Button>
    </div>
  );
};

/** The advice to send no video while the connection is bad. */
const QualityHint = ({ call }: { call: Call }) => {
  const { frame, calls: text } = useStore(words);
  const [isClosed, setIsClosed] = useState(false);
  const isBad = useStore(call.people).some(({ quality }) => quality === 'bad');
  const { camera } = useStore(call.me);
  if (!isBad || isClosed || !camera.on) return null;
  return (
    <div class="banner" role="status">
      <Icon name="warning" size={20} />
      <span>{text.videoHint}</span>
      <span class="banner-buttons">
        <Button look="plain" onPress={() => tell(call.camera(false))}>
          {text.videoHintAct}
        </Button>
        <Button look="plain" onPress={() => setIsClosed(true)}>
          {frame.close}
        </Button>
      </span>
    </div>
  );
};

/** Whether somebody cannot be reached, or has no connection. */
const Unreachable = ({ state }: { state: CallState }) => {
  const { calls: text } = useStore(words);
  if (state.state !== 'ringing' || !state.unreachable) return null;
  return (
    <div class="banner">
      <Icon name="bell" size={20} />
      <span>{text.unreachable}</span>
    </div>
  );
};

/** What hinders a call, and what one may do about it. */
export const Banners = ({ call }: { call: Call }) => {
  const state = useStore(call.state);
  const { microphone, camera, audioLocked } = useStore(call.me);
  return (
    <div class="banners">
      {state.state === 'reconnecting' && <ReconnectingBanner state={state} />}
      <Unreachable state={state} />
      {audioLocked && <LockedBanner call={call} />}
      {microphone.problem && (
        <ProblemBanner
          device="microphone"
          problem={microphone.problem}
          onRetry={() => tell(call.microphone(true))}
        />
      )}
      {camera.problem && (
        <ProblemBanner
          device="camera"
          problem={camera.problem}
          onRetry={() => tell(call.camera(true))}
        />
      )}
      <QualityHint call={call} />
    </div>
  );
};
