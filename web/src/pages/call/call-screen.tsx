import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from '../../app/words.ts';
import { Icon } from '../../parts/icon.tsx';
import { Banners } from './banners.tsx';
import { CallTime } from './call-time.tsx';
import { Controls } from './controls.tsx';
import { Ended } from './ended.tsx';
import { Safety } from './safety.tsx';
import { Stage } from './stage.tsx';
import { describeState } from './state-words.ts';
import type { View } from './title.ts';
import { useTitle } from './title.ts';
import { useWakeLock } from './wake-lock.ts';

const Running = ({ call }: { call: Call }) => {
  const { calls: text } = useStore(words);
  const heading = useRef<HTMLHeadingElement>(null);
  const [view, setView] = useState<View>('grid');
  const state = useStore(call.state);
  const title = useTitle(call);
  useWakeLock();
  useEffect(() => {
    heading.current?.focus();
  }, []);
  useEffect(() => {
    document.title = `${title} · AIST`;
  }, [title]);
  return (
    <div class="call-screen">
      <header class="call-top">
        <a class="icon-button" href="/" aria-label={useStore(words).frame.back}>
          <Icon name="back" />
        </a>
        <div class="call-who">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          <p aria-hidden="true">
            {state.state === 'talking' ? <CallTime since={state.since} /> : describeState(state)}
          </p>
          <p class="visually-hidden" role="status">
            {describeState(state)}
          </p>
        </div>
        <Safety call={call} />
      </header>
      <section class="call-middle" aria-label={text.stage}>
        <Banners call={call} />
        <Stage call={call} view={view} />
      </section>
      <Controls call={call} view={view} onView={setView} />
    </div>
  );
};

/** A call on the whole screen, and what is said after it. */
export const CallScreen = ({ call }: { call: Call }) => {
  const state = useStore(call.state);
  return state.state === 'ended' ? <Ended call={call} ended={state} /> : <Running call={call} />;
};
