import type { Person } from 'aist-client/call';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SoundLevel } from './sound-level.ts';
import { listenTo } from './sound-level.ts';

/** How often it is looked at who speaks, in milliseconds. */
const LOOK_MS = 250;
/** From which level on somebody is taken to speak. */
const SPEAKS = 0.2;

interface Speakers {
  readonly speaking: ReadonlySet<string>;
  /** Who spoke last, when it is somebody else than before. */
  readonly last: string | undefined;
}

const NOBODY: Speakers = { speaking: new Set(), last: undefined };

const isSameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((item) => other.has(item));

/** Who of several speaks. Of one alone nobody asks. */
export const useSpeakers = (people: readonly Person[]): Speakers => {
  const [speakers, setSpeakers] = useState(NOBODY);
  const streams = useRef<ReadonlyMap<string, MediaStream | undefined>>(new Map());
  streams.current = new Map(people.map(({ user, stream }) => [user, stream]));
  const isGroup = people.length > 1;
  useEffect(() => {
    if (!isGroup) return undefined;
    const levels = new Map<string, { stream: MediaStream; level: SoundLevel }>();
    const hear = (user: string, stream: MediaStream | undefined): number => {
      const known = levels.get(user);
      if (known && known.stream === stream) return known.level.read();
      known?.level.close();
      levels.delete(user);
      const level = listenTo(stream);
      if (stream && level) levels.set(user, { stream, level });
      return 0;
    };
    const look = () => {
      const heard = [...streams.current].map(
        ([user, stream]) => [user, hear(user, stream)] as const,
      );
      const loud = heard.filter(([, level]) => level > SPEAKS).sort((a, b) => b[1] - a[1]);
      const speaking = new Set(loud.map(([user]) => user));
      setSpeakers((before) => {
        const last =
          before.last !== undefined && speaking.has(before.last) ? before.last : loud[0]?.[0];
        const isSame =
          isSameSet(before.speaking, speaking) && (last ?? before.last) === before.last;
        return isSame ? before : { speaking, last: last ?? before.last };
      });
    };
    const timer = setInterval(look, LOOK_MS);
    return () => {
      clearInterval(timer);
      for (const { level } of levels.values()) level.close();
    };
  }, [isGroup]);
  return isGroup ? speakers : NOBODY;
};
