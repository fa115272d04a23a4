import type { Call } from 'aist-client/call';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signalOf } from '../../app/use-store.ts';
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
import { titleOf } from './title.ts';
import { useWakeLock } from './wake-lock.ts';

const Running = ({ call }: { call: Call }) => {
  const { calls: text } = words.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const [view, setView] = useState<View>('grid');
  const state = signalOf(call.state).value;
  const title = titleOf(call);
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
        <a class="icon-button" href="/" aria-label={words.value.frame.back}>
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
  const state = signalOf(call.state).value;
  return state.state === 'ended' ? <Ended call={call} ended={state} /> : <Running call={call} />;
};
