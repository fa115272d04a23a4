import lazy from 'preact-iso/lazy';
import { Route, Router } from 'preact-iso/router';
import { NotFoundPage } from '../pages/not-found/not-found-page.tsx';

const ChatsPage = lazy(() => import('../pages/chats/chats-page.tsx'));
const CallsPage = lazy(() => import('../pages/calls/calls-page.tsx'));
const PeoplePage = lazy(() => import('../pages/people/people-page.tsx'));
const CallPage = lazy(() => import('../pages/call/call-page.tsx'));
const SettingsPage = lazy(() => import('../pages/settings/settings-page.tsx'));

/**
 * The pages by their addresses. A new first part of an address is added to `run_worker_first` of
 * wrangler.toml as well, or the API answers there.
 */
export const Routes = () => (
  <Router>
    <Route path="/" component={ChatsPage} />
    <Route path="/sign-in" component={ChatsPage} />
    <Route path="/c/:id" component={ChatsPage} />
    <Route path="/calls" component={CallsPage} />
    <Route path="/call/:id" component={CallPage} />
    <Route path="/people" component={PeoplePage} />
    <Route path="/settings/:section?" component={SettingsPage} />
    <Route default component={NotFoundPage} />
  </Router>
);
