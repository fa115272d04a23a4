import lazy from 'preact-iso/lazy';
import { Route, Router } from 'preact-iso/router';
import CallsPage from '../pages/calls/calls-page.tsx';
import ChatsPage from '../pages/chats/chats-page.tsx';
import { NotFoundPage } from '../pages/not-found/not-found-page.tsx';
import PeoplePage from '../pages/people/people-page.tsx';
import QrPage from '../pages/qr/qr-page.tsx';
import SettingsPage from '../pages/settings/settings-page.tsx';
import WelcomePage from '../pages/welcome/welcome-page.tsx';

// What draws a call is loaded with what makes it, behind the rest.
const CallPage = lazy(() => import('../pages/call/call-page.tsx'));

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
