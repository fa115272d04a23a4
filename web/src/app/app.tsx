import { LocationProvider } from 'preact-iso/router';
import { Toasts } from '../parts/toast.tsx';
import { Routes } from './routes.tsx';
import { Shell } from './shell.tsx';

/** The app of somebody who is signed in. */
export const App = () => (
  <LocationProvider>
    <Shell>
      <Routes />
    </Shell>
    <Toasts />
  </LocationProvider>
);
