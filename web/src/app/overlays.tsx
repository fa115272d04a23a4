import { useEffect } from 'preact/hooks';
import { loadCalls, resumeCall } from './live/calls.ts';
import { keptCall } from './live/held-call.ts';
import { inbox } from './live/live.ts';
import { Incoming } from './ring/incoming.tsx';

/** How long after the start what calls are made with is loaded, in milliseconds. */
const LOAD_AFTER_MS = 4_000;

/** What is over every page: a call that rings. It also comes back to a call after a reload. */
export const Overlays = () => {
  useEffect(() => {
    // The page was loaded anew in a call: the inbox knows whether it still goes on.
    if (keptCall()) void loadCalls().catch(() => undefined);
    const end = inbox.inCall.subscribe(() => void resumeCall());
    // A call that rings is answered sooner when what answers it is there already.
    const timer = setTimeout(() => void loadCalls().catch(() => undefined), LOAD_AFTER_MS);
    return () => {
      end();
      clearTimeout(timer);
    };
  }, []);
  return <Incoming />;
};
