import { useStore } from 'aist-client/preact';
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../../app/words.ts';
import { listenTo } from './sound-level.ts';

/** How often the meter moves, in milliseconds. */
const MOVE_MS = 80;

/** Shows how loud the microphone is. */
export const LevelMeter = ({
  stream,
  device,
}: {
  stream: MediaStream;
  device: string | undefined;
}) => {
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const level = listenTo(stream);
    if (!level) return undefined;
    const timer = setInterval(() => {
      const now = level.read();
      meter.current?.style.setProperty('--level', String(now));
      meter.current?.setAttribute('aria-valuenow', String(Math.round(now * 100)));
    }, MOVE_MS);
    return () => {
      clearInterval(timer);
      level.close();
    };
  }, [stream, device]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers do not let a <meter> be painted alike.
    <div
      ref={meter}
      class="level"
      role="meter"
      aria-label={useStore(words).calls.level}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    />
  );
};
