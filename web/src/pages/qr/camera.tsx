import { useStore } from 'aist-client/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from '../../app/words.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Spinner } from '../../parts/spinner.tsx';
import { openReader } from './reader.ts';

/** How long to wait between two pictures, in milliseconds. */
const PAUSE_MS = 150;

/** A lamp beside the camera, which TypeScript does not know. */
type Torch = MediaTrackCapabilities & { torch?: boolean };

/** Hands each text that the camera reads to `onText`, until `signal` ends it. */
const readOn = async (
  video: HTMLVideoElement,
  { signal, onText }: { signal: AbortSignal; onText: (text: string) => void },
): Promise<void> => {
  const read = await openReader();
  while (!signal.aborted) {
    const text = await read(video).catch(() => undefined);
    if (signal.aborted) return;
    if (text) onText(text);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
};

const Picture = ({ onText, onFail }: { onText: (text: string) => void; onFail: () => void }) => {
  const { scan } = useStore(words);
  const video = useRef<HTMLVideoElement>(null);
  const [track, setTrack] = useState<MediaStreamTrack>();
  const [lit, setLit] = useState(false);
  const handlers = useRef({ onText, onFail });
  handlers.current = { onText, onFail };

  useEffect(() => {
    const ended = new AbortController();
    let stream: MediaStream | undefined;
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      if (ended.signal.aborted || !video.current) return stop();
      video.current.srcObject = stream;
      await video.current.play();
      setTrack(stream.getVideoTracks()[0]);
      const onRead = (text: string) => handlers.current.onText(text);
      await readOn(video.current, { signal: ended.signal, onText: onRead });
    };
    const stop = () => {
      ended.abort();
      for (const one of stream?.getTracks() ?? []) one.stop();
    };
    start().catch(() => {
      if (!ended.signal.aborted) handlers.current.onFail();
    });
    return stop;
  }, []);

  const hasTorch = (track?.getCapabilities?.() as Torch | undefined)?.torch === true;
  const light = () => {
    const advanced = [{ torch: !lit } as MediaTrackConstraintSet];
    void track?.applyConstraints({ advanced }).then(() => setLit(!lit));
  };
  return (
    <div class="camera">
      <video ref={video} playsInline muted aria-label={scan.point} />
      {!track && <Spinner />}
      {hasTorch && <IconButton icon="torch" label={scan.torch} pressed={lit} onPress={light} />}
    </div>
  );
};

/** The camera, which is switched on by a press: the browser asks then. */
export const Camera = ({ onText }: { onText: (text: string) => void }) => {
  const { scan } = useStore(words);
  const [state, setState] = useState<'off' | 'on' | 'failed'>('off');
  useEffect(() => {
    // Who has allowed it before is not asked, so it need not be pressed.
    const name = 'camera' as PermissionName;
    void navigator.permissions
      ?.query({ name })
      .then((given) => given.state === 'granted' && setState('on'))
      .catch(() => undefined);
  }, []);
  if (state === 'on') return <Picture onText={onText} onFail={() => setState('failed')} />;
  if (state === 'failed')
    return (
      <p class="notice" role="alert">
        {scan.denied}
      </p>
    );
  return (
    <>
      <Button icon="camera" wide onPress={() => setState('on')}>
        {scan.start}
      </Button>
      <p class="hint">{scan.why}</p>
    </>
  );
};
