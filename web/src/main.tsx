import { render } from 'preact';
import './styles/app.css';
import { App } from './app/app.tsx';
import { watchSession } from './app/session.ts';

/** Draws the app in an element; somebody is signed in. */
export const renderApp = (root: HTMLElement): void => {
  watchSession();
  render(<App />, root);
};
