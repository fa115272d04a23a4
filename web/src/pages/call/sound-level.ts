/** Measures how loud a stream is. */
export interface SoundLevel {
  /** From 0 to 1, of the last moments. */
  read(): number;
  close(): void;
}

let context: AudioContext | undefined;
let listeners = 0;

/** Takes part in the one for all: browsers allow few of them. */
const joinContext = (): AudioContext => {
  context ??= new AudioContext();
  listeners += 1;
  if (context.state === 'suspended') context.resume().catch(() => undefined);
  return context;
};

/** Chromium keeps every source until its context is closed, which the last listener does. */
const leaveContext = (): void => {
  listeners -= 1;
  if (listeners > 0) return;
  context?.close().catch(() => undefined);
  context = undefined;
};

/** Listens to a stream; undefined when it has no sound. */
export const listenTo = (stream: MediaStream | undefined): SoundLevel | undefined => {
  if (!stream || stream.getAudioTracks().length === 0) return undefined;
  const audio = joinContext();
  const source = audio.createMediaStreamSource(new MediaStream(stream.getAudioTracks()));
  const analyser = audio.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read: () => {
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      // Speech is quiet in figures: the root again makes it visible.
      return Math.min(1, Math.sqrt(Math.sqrt(sum / samples.length)) * 1.4);
    },
    close: () => {
      source.disconnect();
      leaveContext();
    },
  };
};
