import type { Call, Person } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { words } from '../../app/words.ts';
import { useSpeakers } from './speakers.ts';
import { ScreenTile, Tile } from './tile.tsx';
import type { View } from './title.ts';
import { VideoView } from './video-view.tsx';

/** My own picture, small, as in a mirror. */
const SelfView = ({ call }: { call: Call }) => {
  const { calls: text } = useStore(words);
  const { camera, screen, stream, screenStream } = useStore(call.me);
  const shown = camera.on ? stream : screenStream;
  if (!shown) return null;
  return (
    <div class={`self-view${camera.on ? ' mirrored' : ''}`}>
      <VideoView stream={shown} label={text.self} />
      {screen.on && !camera.on && <span class="tile-name">{text.screenOn}</span>}
    </div>
  );
};

/** Who is shown large: a shared screen, or who spoke last. */
const pickLarge = (people: readonly Person[], speaker: string | undefined): Person | undefined =>
  people.find(({ screen }) => screen !== undefined) ??
  people.find(({ user }) => user === speaker) ??
  people[0];

/** Everybody in the call: side by side, or whoever speaks in large and the others small. */
export const Stage = ({ call, view }: { call: Call; view: View }) => {
  const people = useStore(call.people).filter(({ state }) => state !== 'left');
  const screens = people.filter(({ screen }) => screen !== undefined);
  const { speaking, last } = useSpeakers(people);
  const isSpotlight = people.length > 1 && (view === 'spotlight' || screens.length > 0);
  const large = isSpotlight || screens.length > 0 ? pickLarge(people, last) : undefined;
  const tiles = people.length + (screens.length > 0 && people.length === 1 ? 1 : 0);
  return (
    <div class={`stage count-${Math.min(tiles, 9)}${large ? ' spotlight' : ''}`}>
      {large?.screen && <ScreenTile person={large} stream={large.screen} />}
      {people.map((person) => (
        <Tile
          key={person.user}
          person={person}
          isAlone={people.length === 1}
          isSpeaking={speaking.has(person.user)}
          isLarge={person === large && !large.screen}
        />
      ))}
      <SelfView call={call} />
    </div>
  );
};
