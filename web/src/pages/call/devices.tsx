import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { words } from '../../app/words.ts';
import { tell } from './errors.ts';
import { LevelMeter } from './level-meter.tsx';

/** The devices that the browser knows, kept true as they come and go. */
const useDevices = (): readonly MediaDeviceInfo[] => {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    let isGone = false;
    const look = async () => {
      const found = await navigator.mediaDevices.enumerateDevices().catch(() => []);
      if (!isGone) setDevices(found.filter(({ deviceId }) => deviceId !== ''));
    };
    void look();
    navigator.mediaDevices.addEventListener('devicechange', look);
    return () => {
      isGone = true;
      navigator.mediaDevices.removeEventListener('devicechange', look);
    };
  }, []);
  return devices;
};

interface ChooserProps {
  readonly label: string;
  readonly devices: readonly MediaDeviceInfo[];
  readonly value: string | undefined;
  /** The first entry, when nothing has been chosen. */
  readonly none?: string;
  readonly onChoose: (device: string) => void;
}

const Chooser = ({ label, devices, value, none, onChoose }: ChooserProps) => {
  const { calls: text } = useStore(words);
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value ?? ''}
        disabled={devices.length === 0}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {(none !== undefined || value === undefined) && <option value="">{none ?? '—'}</option>}
        {devices.map(({ deviceId, label: name }, index) => (
          <option key={deviceId} value={deviceId}>
            {name || text.device(index + 1)}
          </option>
        ))}
      </select>
    </div>
  );
};

/** Whether sound can be sent to a loudspeaker of one's choice. */
const canChooseSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;

/** Microphone, camera and loudspeaker of a call, and how loud one is. */
export const Devices = ({ call }: { call: Call }) => {
  const { calls: text } = useStore(words);
  const all = useDevices();
  const me = useStore(call.me);
  const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind);
  return (
    <div class="form">
      <Chooser
        label={text.microphone}
        devices={of('audioinput')}
        value={me.microphone.device}
        onChoose={(device) => device && tell(call.microphone({ device }))}
      />
      <LevelMeter stream={me.stream} device={me.microphone.device} />
      <Chooser
        label={text.camera}
        devices={of('videoinput')}
        value={me.camera.device}
        onChoose={(device) => device && tell(call.camera({ device }))}
      />
      {canChooseSpeaker() && (
        <Chooser
          label={text.speaker}
          devices={of('audiooutput')}
          value={me.speaker}
          none={text.systemSpeaker}
          onChoose={(device) => tell(call.speaker(device))}
        />
      )}
    </div>
  );
};
