import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useState } from 'preact/hooks';
import { words } from '../../app/words.ts';
import type { IconName } from '../../parts/icon.tsx';
import { Icon } from '../../parts/icon.tsx';
import { tell } from './errors.ts';
import { MoreSheet } from './more-sheet.tsx';
import type { View } from './title.ts';

interface ControlProps {
  readonly icon: IconName;
  readonly label: string;
  /** It is off, and that is worth seeing. */
  readonly off?: boolean;
  readonly active?: boolean;
  readonly look?: 'hang-up';
  readonly onPress: () => void;
}

const Control = ({ icon, label, off, active, look, onPress }: ControlProps) => (
  <button
    type="button"
    class={`control${off ? ' off' : ''}${active ? ' active' : ''}${look ? ` ${look}` : ''}`}
    aria-label={label}
    title={label}
    onClick={onPress}
  >
    <Icon name={icon} />
  </button>
);

/** Whether the browser can share a screen; those of phones cannot. */
const canShare = (): boolean => 'getDisplayMedia' in (navigator.mediaDevices ?? {});

interface ControlsProps {
  readonly call: Call;
  readonly view: View;
  readonly onView: (view: View) => void;
}

/** What one may do in a call: hanging up is always in reach. */
export const Controls = ({ call, view, onView }: ControlsProps) => {
  const { calls: text } = useStore(words);
  const [isMore, setIsMore] = useState(false);
  const { microphone, camera, screen } = useStore(call.me);
  return (
    <footer class="controls">
      <Control
        icon={microphone.on ? 'mic' : 'micOff'}
        label={microphone.on ? text.muteOn : text.muteOff}
        off={!microphone.on}
        onPress={() => tell(call.microphone(!microphone.on))}
      />
      <Control
        icon={camera.on ? 'video' : 'videoOff'}
        label={camera.on ? text.cameraOff : text.cameraOn}
        off={!camera.on}
        onPress={() => tell(call.camera(!camera.on))}
      />
      {canShare() && (
        <Control
          icon="screen"
          label={screen.on ? text.screenOff : text.screenOn}
          active={screen.on}
          onPress={() => tell(call.screen(!screen.on))}
        />
      )}
      <Control icon="more" label={text.more2} onPress={() => setIsMore(true)} />
      <Control
        icon="hangup"
        label={text.hangUp}
        look="hang-up"
        onPress={() => tell(call.hangUp())}
      />
      {isMore && (
        <MoreSheet call={call} view={view} onView={onView} onClose={() => setIsMore(false)} />
      )}
    </footer>
  );
};
