import { describe, expect, test } from 'vitest';
import { createStore } from '../../client/src/store.ts';

describe('a store', () => {
  test('It says its value at once and each other one, until that is ended', () => {
    const store = createStore(0);
    const heard: number[] = [];
    const end = store.subscribe((value) => heard.push(value));
    for (const value of [1, 1, 2]) store.set(value);
    end();
    store.set(3);
    expect(heard).toEqual([0, 1, 2]);
    expect(store.get()).toBe(3);
  });

  test('Whoever listens while another listener sets it hears the last value last', () => {
    const store = createStore(0);
    const heard: number[] = [];
    store.subscribe((value) => value === 1 && store.set(2));
    store.subscribe((value) => heard.push(value));
    store.set(1);
    expect(heard.at(-1)).toBe(2);
    expect(heard).not.toContain(1);
  });

  test('A listener that another one has ended hears nothing more', () => {
    const store = createStore(0);
    const heard: number[] = [];
    store.subscribe((value) => value === 1 && end());
    const end = store.subscribe((value) => heard.push(value));
    store.set(1);
    expect(heard).toEqual([0]);
  });

  test('A listener that is added by another one hears the value once', () => {
    const store = createStore(0);
    const heard: number[] = [];
    store.subscribe(() => void store.subscribe((value) => heard.push(value)));
    store.set(1);
    expect(heard).toEqual([0, 1, 1]);
  });
});
