import { describe, expect, it } from 'vitest';
import { EMPTY_OUTBOX, type Outbox } from '../../party/outbox.ts';
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
  it('writes nothing when nothing has changed', () => {
    const step = newStep();
    step.send('1', { type: 'pong' });
    expect(typesOf(step)).toEqual(['send']);
    expect(step.result.state).toBe(STATE);
  });

  it('writes a changed field before all other effects', () => {
    const step = newStep();
    step.reply('request', {});
    step.set({ names: ['ada'] });
    expect(typesOf(step)).toEqual(['keep', 'reply']);
  });

  it('does not write for a field that does not outlive the host', () => {
    const step = newStep();
    step.set({ sockets: ['1'] });
    expect(typesOf(step)).toEqual([]);
    expect(step.result.state.sockets).toEqual(['1']);
  });

  it('writes a message that has to outlive the host before it is sent', () => {
    const step = newStep();
    step.post(letter(true));
    expect(typesOf(step)).toEqual(['keep', 'post']);
  });

  it('sends a message that need not outlive the host without a write', () => {
    const step = newStep();
    step.post(letter(false));
    expect(typesOf(step)).toEqual(['post']);
  });

  it('writes nothing when it forgets', () => {
    const step = newStep();
    step.set({ names: ['ada'] });
    step.forget();
    expect(typesOf(step)).toEqual(['forget']);
  });
});
