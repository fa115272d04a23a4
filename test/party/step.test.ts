import { describe, expect, it } from 'vitest';
import type { Outbox } from '../../party/outbox.ts';
import { EMPTY_OUTBOX } from '../../party/outbox.ts';
import { differsExcept, MachineStep } from '../../party/step.ts';

interface State {
  readonly names: readonly string[];
  readonly sockets: readonly string[];
  readonly outbox: Outbox;
}

class TestStep extends MachineStep<State, { readonly type: string }> {
  protected differs(before: State, after: State): boolean {
    return differsExcept(new Set(['sockets']), before, after);
  }
}

const STATE: State = { names: [], sockets: [], outbox: EMPTY_OUTBOX };
const newStep = () => new TestStep(STATE, 0);
const letter = (durable: boolean) =>
  ({
    to: { party: 'inbox', id: 'ada' },
    message: { type: 'turn' },
    durable,
    until: null,
  }) as const;
const typesOf = (step: TestStep) => step.result.effects.map(({ type }) => type);

describe('a step of a machine', () => {
  it('nothing is written when nothing has changed', () => {
    const step = newStep();
    step.send('1', { type: 'pong' });
    expect(typesOf(step)).toEqual(['send']);
    expect(step.result.state).toBe(STATE);
  });

  it('a changed field is written before all other effects', () => {
    const step = newStep();
    step.reply('request', {});
    step.set({ names: ['ada'] });
    expect(typesOf(step)).toEqual(['keep', 'reply']);
  });

  it('a field that does not outlive the host is not written', () => {
    const step = newStep();
    step.set({ sockets: ['1'] });
    expect(typesOf(step)).toEqual([]);
    expect(step.result.state.sockets).toEqual(['1']);
  });

  it('a message that has to outlive the host is written before it is sent', () => {
    const step = newStep();
    step.post(letter(true));
    expect(typesOf(step)).toEqual(['keep', 'post']);
  });

  it('a message that need not outlive the host is sent without a write', () => {
    const step = newStep();
    step.post(letter(false));
    expect(typesOf(step)).toEqual(['post']);
  });

  it('nothing is written by a step that forgets', () => {
    const step = newStep();
    step.set({ names: ['ada'] });
    step.forget();
    expect(typesOf(step)).toEqual(['forget']);
  });
});
