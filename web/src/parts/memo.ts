import type { ComponentType, FunctionComponent, VNode } from 'preact';
import { Component, h } from 'preact';

const differ = (one: object, other: object): boolean => {
  const [a, b] = [one, other] as Record<string, unknown>[];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].some((name) => a?.[name] !== b?.[name]);
};

/** A component that is drawn anew only when a property of it is another, or a store it reads. */
export const memo = <Props extends object>(drawn: FunctionComponent<Props>): ComponentType<Props> =>
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return differ(this.props, next);
    }
    override render(): VNode {
      return h(drawn as FunctionComponent<object>, this.props);
    }
  };
