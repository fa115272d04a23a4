/** Measures how loud a stream is. */
export interface SoundLevel {
  /** From 0 to 1, of the last moments. */
  read(): number;
  close(): void;
}

let context: AudioContext | undefined;

/** One for all: browsers allow few of them. */
const openContext = (): AudioContext => {
  context ??= new AudioContext();
  if (context.state === 'suspended') context.resume().catch(() => undefined);
  return context;
};

/** Listens to a stream; undefined when it has no sound. */
export const listenTo = (stream: MediaStream | undefined): SoundLevel | undefined => {
  if (!stream || stream.getAudioTracks().length === 0) return undefined;
  const audio = openContext();
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
    close: () => source.disconnect(),
  };
};
