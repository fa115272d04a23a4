import * as preact from 'preact';
import * as react from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { useStore as usePreactStore } from '../../../client/src/preact.ts';
import { useStore as useReactStore } from '../../../client/src/react.ts';
import type { Store } from '../../../client/src/store.ts';
import { createStore } from '../../../client/src/store.ts';

/** A store that counts who listens. */
const countedStore = (initial: string) => {
  const store = createStore(initial);
  let listeners = 0;
  return {
    get: store.get,
    set: store.set,
    listeners: () => listeners,
    subscribe: (listener: (value: string) => void) => {
      listeners += 1;
      const end = store.subscribe(listener);
      return () => {
        listeners -= 1;
        end();
      };
    },
  };
};

type Element = react.ReactElement & preact.VNode;
type Hook = (store: Store<string>) => string;

/** What the two libraries have in common, as the tests use it. */
interface Library {
  readonly useStore: Hook;
  create(type: unknown, props: object | null, ...children: unknown[]): Element;
  render(element: Element | null, at: HTMLElement): void;
}

const roots = new WeakMap<HTMLElement, ReturnType<typeof createRoot>>();

const LIBRARIES: Readonly<Record<string, Library>> = {
  react: {
    useStore: useReactStore,
    create: react.createElement as never,
    render: (element, at) => {
      const root = roots.get(at) ?? createRoot(at);
      roots.set(at, root);
      flushSync(() => root.render(element));
    },
  },
  preact: {
    useStore: usePreactStore,
    create: preact.h as never,
    render: (element, at) => preact.render(element, at),
  },
};

/** What the page lets tests do, with one of the libraries. */
const open = (name: string) => {
  const library = LIBRARIES[name];
  if (!library) throw new Error(`There is no library ${name}`);
  const { create, render, useStore } = library;
  const place = document.body.appendChild(document.createElement('div'));
  const stores = [countedStore('one'), countedStore('other')] as const;
  const [first] = stores;
  let renders = 0;
  /** Set while it is rendered, as a component might that loads what it shows. */
  let during: string | undefined;
  const Value = ({ store }: { store: Store<string> }) => {
    renders += 1;
    const value = useStore(store);
    if (during !== undefined) {
      first.set(during);
      during = undefined;
    }
    return create('b', null, value);
  };
  return {
    stores,
    text: () => place.textContent,
    renders: () => renders,
    setDuring: (value: string) => {
      during = value;
    },
    show: (...which: readonly (0 | 1)[]) =>
      render(
        create(
          'p',
          null,
          ...which.map((index, key) => create(Value, { key, store: stores[index] })),
        ),
        place,
      ),
    /** Waits until all was painted, and what follows a painting has run. */
    settle: async () => {
      for (let frame = 0; frame < 3; frame++)
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    },
    hide: () => render(null, place),
  };
};

declare global {
  /** The page of one library. */
  var openHooks: typeof open;
}

globalThis.openHooks = open;
