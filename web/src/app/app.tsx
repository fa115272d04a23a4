import { useEffect } from 'preact/hooks';
import { LocationProvider, useLocation } from 'preact-iso/router';
import { Toasts } from '../parts/toast.tsx';
import { CallBar } from './call-bar.tsx';
import { loadMe, wasWelcomed } from './me.ts';
import { readNotifications } from './notifications.ts';
import { OfflineBar } from './offline.tsx';
import { Overlays } from './overlays.tsx';
import { PushOffer } from './push-offer.tsx';
import { Routes } from './routes.tsx';
import { startServiceWorker } from './service-worker.ts';
import { Shell } from './shell.tsx';

/** What the app begins with: its service worker, and the first steps of somebody new. */
const Start = () => {
  const { route, path } = useLocation();
  useEffect(() => {
    // Who wanted pushes gets them again, after a new sign-in too.
    void startServiceWorker(route)
      .then(readNotifications)
      .catch(() => undefined);
    // Without an answer the screens say so; the first steps come with the next start.
    void loadMe().then(
      ({ displayName, username }) => {
        if (!displayName && !username && !wasWelcomed() && path === '/') route('/welcome', true);
      },
      () => undefined,
    );
  }, []);
  return null;
};

/** The app of somebody who is signed in. */
export const App = () => (
  <LocationProvider>
    <Start />
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
    <Overlays />
    <Toasts />
  </LocationProvider>
);
