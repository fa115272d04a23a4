import lazy from 'preact-iso/lazy';
import { Route, Router } from 'preact-iso/router';
import { NotFoundPage } from '../pages/not-found/not-found-page.tsx';

const ChatsPage = lazy(() => import('../pages/chats/chats-page.tsx'));
const CallsPage = lazy(() => import('../pages/calls/calls-page.tsx'));
const PeoplePage = lazy(() => import('../pages/people/people-page.tsx'));
const CallPage = lazy(() => import('../pages/call/call-page.tsx'));
const QrPage = lazy(() => import('../pages/qr/qr-page.tsx'));
const WelcomePage = lazy(() => import('../pages/welcome/welcome-page.tsx'));
const SettingsPage = lazy(() => import('../pages/settings/settings-page.tsx'));

/**
 * The pages by their addresses. A new address is added to src/platform/http/app-pages.ts as well,
 * or the API answers there.
 */
export const Routes = () => (
  <Router>
    <Route path="/" component={ChatsPage} />
    <Route path="/sign-in" component={ChatsPage} />
    <Route path="/c/:id" component={ChatsPage} />
    <Route path="/calls" component={CallsPage} />
    <Route path="/call/:id" component={CallPage} />
    <Route path="/people" component={PeoplePage} />
    <Route path="/qr" component={QrPage} />
    <Route path="/settings/:section?" component={SettingsPage} />
    <Route path="/welcome" component={WelcomePage} />
    <Route default component={NotFoundPage} />
  </Router>
);
