import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { LocationProvider, useLocation } from 'preact-iso/router';
import { Loading } from '../parts/states.tsx';
import { Toasts } from '../parts/toast.tsx';
import { CallBar } from './call-bar.tsx';
import { loadMe, noteWelcome, wasWelcomed } from './me.ts';
import { readNotifications } from './notifications.ts';
import { OfflineBar } from './offline.tsx';
import { Overlays } from './overlays.tsx';
import { PushOffer } from './push-offer.tsx';
import { Routes } from './routes.tsx';
import { startServiceWorker } from './service-worker.ts';
import { Shell } from './shell.tsx';

/** What the app begins with: its service worker, and the first steps of somebody new. */
const Start = ({ children }: { children: ComponentChildren }) => {
  const { route, path } = useLocation();
  // Somebody new must not see the chats before the first steps.
  const [mayBeNew, setMayBeNew] = useState(path === '/' && !wasWelcomed());
  useEffect(() => {
    // Who wanted pushes gets them again, after a new sign-in too.
    void startServiceWorker(route)
      .then(readNotifications)
      .catch(() => undefined);
    // Without an answer the screens say so; the first steps come with the next start.
    void loadMe()
      .then(
        ({ displayName, username }) => {
          if (displayName || username) noteWelcome();
          else if (mayBeNew) route('/welcome', true);
        },
        () => undefined,
      )
      .then(() => setMayBeNew(false));
  }, []);
  return mayBeNew ? <Loading /> : children;
};

/** The app of somebody who is signed in. */
export const App = () => (
  <LocationProvider>
    <Start>
      <Shell
        banner={
          <div>
            <OfflineBar />
            <CallBar />
            <PushOffer />
          </div>
        }
      >
        <Routes />
      </Shell>
    </Start>
    <Overlays />
    <Toasts />
  </LocationProvider>
);
