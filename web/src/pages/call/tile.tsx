import type { Person } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useEffect, useState } from 'preact/hooks';
import { nameOf } from '../../app/names.ts';
import { words } from '../../app/words.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Icon } from '../../parts/icon.tsx';
import { VideoView } from './video-view.tsx';

/** Whether a picture comes in a stream: a track that is muted brings none at the moment. */
const useHasVideo = (stream: MediaStream | undefined): boolean => {
  const [, setTurn] = useState(0);
  const tracks = stream?.getVideoTracks() ?? [];
  const ids = tracks.map(({ id }) => id).join();
  useEffect(() => {
    const look = () => setTurn((turn) => turn + 1);
    const watched = stream?.getVideoTracks() ?? [];
    for (const track of watched)
      for (const name of ['mute', 'unmute', 'ended']) track.addEventListener(name, look);
    return () => {
      for (const track of watched)
        for (const name of ['mute', 'unmute', 'ended']) track.removeEventListener(name, look);
    };
  }, [stream, ids]);
  return tracks.some(({ muted, readyState }) => !muted && readyState === 'live');
};

/** How well media of somebody come, when they do not come well. */
const QualityMark = ({ person }: { person: Person }) => {
  const { calls: text } = useStore(words);
  if (person.quality !== 'poor' && person.quality !== 'bad') return null;
  const label = person.quality === 'bad' ? text.qualityBad : text.qualityPoor;
  return (
    <span class={`quality ${person.quality}`} role="img" aria-label={label} title={label}>
      <i />
      <i />
      <i />
    </span>
  );
};

const stateWord = ({ state }: Person): string | undefined => {
  const { calls: text } = words.get();
  return state === 'talking' || state === 'left' ? undefined : text[state];
};

interface TileProps {
  readonly person: Person;
  readonly isAlone: boolean;
  readonly isSpeaking: boolean;
  readonly isLarge: boolean;
}

/** Somebody in the call. */
export const Tile = ({ person, isAlone, isSpeaking, isLarge }: TileProps) => {
  const { calls: text } = useStore(words);
  const hasVideo = useHasVideo(person.stream) && person.camera !== false;
  const name = nameOf(person);
  const state = stateWord(person);
  const look = `tile${isSpeaking ? ' speaking' : ''}${isLarge ? ' large' : ''}`;
  return (
    <article class={look} aria-label={name} data-user={person.user}>
      {hasVideo && person.stream ? (
        <VideoView stream={person.stream} label={name} />
      ) : (
        <Avatar id={person.user} name={name} size={isAlone ? 128 : 96} />
      )}
      <div class="tile-foot">
        {!(isAlone && hasVideo) && <span class="tile-name">{name}</span>}
        {state && !isAlone && <span class="tile-state">{state}</span>}
        {person.microphone === false && (
          <span class="tile-mark" role="img" aria-label={text.micOffOf(name)}>
            <Icon name="micOff" size={16} />
          </span>
        )}
        <QualityMark person={person} />
      </div>
    </article>
  );
};

/** A screen that somebody shares: shown whole. */
export const ScreenTile = ({ person, stream }: { person: Person; stream: MediaStream }) => (
  <article class="tile large" aria-label={nameOf(person)}>
    <VideoView stream={stream} label={nameOf(person)} look="whole" />
  </article>
);
