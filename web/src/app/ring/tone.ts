/** The two notes of the ring tone, in hertz, and how long each sounds, in seconds. */
const NOTES = [
  [659.3, 0, 0.35],
  [784, 0.2, 0.35],
  [987.8, 0.4, 0.6],
] as const;

/** How often the tone begins anew, in milliseconds. */
const EVERY_MS = 2_400;

/** What holds the tone: one tab of the browser sounds. */
const LOCK = 'aist.ring-tone';

const playOnce = (context: AudioContext): void => {
  for (const [hertz, after, seconds] of NOTES) {
    const begin = context.currentTime + after;
    const [wave, volume] = [context.createOscillator(), context.createGain()];
    wave.type = 'triangle';
    wave.frequency.value = hertz;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + seconds);
    wave.connect(volume).connect(context.destination);
    wave.start(begin);
    wave.stop(begin + seconds);
  }
};

/** Sounds and vibrates until it is told to stop. */
const sound = (): (() => void) => {
  const context = new AudioContext();
  const ring = () => {
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    if (context.state === 'running') playOnce(context);
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300]);
  };
  context.onstatechange = () => context.state === 'running' && playOnce(context);
  const timer = setInterval(ring, EVERY_MS);
  ring();
  return () => {
    clearInterval(timer);
    context.onstatechange = null;
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(0);
    void context.close().catch(() => undefined);
  };
};

/** Whether the browser lets this tab make a sound: only after somebody has used it. */
const maySound = (): boolean => navigator.userActivation?.hasBeenActive ?? true;

/** Rings in one tab of this browser; returns what stops it. */
export const ringTone = (): (() => void) => {
  const abort = new AbortController();
  let silence: (() => void) | undefined;
  const begin = () => {
    if (!abort.signal.aborted) silence ??= sound();
  };
  const { locks } = navigator;
  const held = new Promise<void>((resolve) => {
    abort.signal.addEventListener('abort', () => resolve());
  });
  const ring = () => {
    removeEventListener('pointerdown', ring);
    removeEventListener('keydown', ring);
    if (!locks) return begin();
    const { signal } = abort;
    locks
      .request(LOCK, { signal }, () => {
        begin();
        return held;
      })
      .catch(() => undefined);
  };
  if (maySound()) ring();
  else {
    addEventListener('pointerdown', ring);
    addEventListener('keydown', ring);
  }
  return () => {
    removeEventListener('pointerdown', ring);
    removeEventListener('keydown', ring);
    abort.abort();
    silence?.();
  };
};
