import { useStore } from 'aist-client/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from '../../app/words.ts';
import { Button } from '../../parts/button.tsx';
import { listenTo } from './sound-level.ts';

/** How long is recorded, in milliseconds, and below which level nothing was heard. */
const RECORD_MS = 3_000;
const SILENT = 0.05;

type Step = 'idle' | 'recording' | 'playing' | 'done' | 'silent' | 'failed';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Records for three seconds: what was said, and how loud it was at most. */
const record = async (stream: MediaStream): Promise<{ sound: Blob; loudest: number }> => {
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise<void>((resolve) => {
    recorder.onstop = () => resolve();
  });
  const level = listenTo(stream);
  let loudest = 0;
  recorder.start();
  const end = Date.now() + RECORD_MS;
  while (Date.now() < end) {
    await wait(50);
    loudest = Math.max(loudest, level?.read() ?? 0);
  }
  recorder.stop();
  await stopped;
  level?.close();
  return { sound: new Blob(parts, { type: recorder.mimeType }), loudest };
};

const play = async (sound: Blob): Promise<void> => {
  const url = URL.createObjectURL(sound);
  const player = new Audio(url);
  try {
    const ended = new Promise<void>((resolve, reject) => {
      player.onended = () => resolve();
      player.onerror = () => reject(new Error('The recording cannot be played'));
    });
    await player.play();
    await ended;
  } finally {
    URL.revokeObjectURL(url);
  }
};

/** Lets people hear themselves: microphone and loudspeaker at once. */
export const EchoTest = ({ device }: { device: string | undefined }) => {
  const { trouble: text } = useStore(words);
  const [step, setStep] = useState<Step>('idle');
  const used = useRef<MediaStream | undefined>(undefined);
  const letGo = () => {
    for (const track of used.current?.getTracks() ?? []) track.stop();
    used.current = undefined;
  };
  useEffect(() => letGo, []);
  const test = async () => {
    setStep('recording');
    try {
      const audio = device === undefined ? true : { deviceId: { ideal: device } };
      used.current = await navigator.mediaDevices.getUserMedia({ audio });
      const { sound, loudest } = await record(used.current);
      letGo();
      if (loudest < SILENT) return setStep('silent');
      setStep('playing');
      await play(sound);
      setStep('done');
    } catch {
      letGo();
      setStep('failed');
    }
  };
  const said = {
    idle: text.echoSay,
    recording: text.echoSay,
    playing: text.echoPlay,
    done: text.echoDone,
    silent: text.echoSilent,
    failed: text.failed.microphone,
  }[step];
  const isBusy = step === 'recording' || step === 'playing';
  return (
    <div class="form">
      <p role="status">{said}</p>
      <Button icon="mic" busy={isBusy} onPress={test}>
        {text.echo}
      </Button>
    </div>
  );
};
