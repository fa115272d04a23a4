import type {
  CallEffect,
  CallEvent,
  CallStart,
  CallView,
} from '../../../client/src/call/events.ts';
import { beginCall, callDeadline, stepCall } from '../../../client/src/call/machine.ts';
import type { CallMachine } from '../../../client/src/call/state.ts';
import { viewCall } from '../../../client/src/call/view.ts';
import type { CallServerFrame } from '../../../client/src/contract.ts';
import { hold } from '../broken.ts';
import type { Link } from '../network.ts';
import type { ClientWorld } from './client-world.ts';
import type { Owner, Tell } from './owner.ts';
import { REQUEST_MS, requestCall, requestTicket } from './requests.ts';
import type { Talk } from './talk.ts';
import { beginTalk } from './talk.ts';

/** How many steps at one moment are too many. */
const STEPS_AT_ONCE = 400;

/** A call of the SDK on a simulated device: does what the machine wants, as `call.ts` does. */
export class ClientCall {
  readonly name: string;
  state: CallMachine;
  readonly talks = new Map<number, Talk>();
  /** All connections there ever were. */
  readonly all: Talk[] = [];
  readonly actions = new Map<number, number>();
  /** Whether the room could be reached when it ended, and whether the room said how. */
  wasWelcomed = false;
  wasTold = false;
  /** Whether it was left without a word. */
  wasLeft = false;
  /** Whether the page is gone: nothing runs any more. */
  gone = false;
  readonly #world: ClientWorld;
  readonly #owner: Owner;
  #link: { readonly attempt: number; readonly link: Link } | undefined;
  #events: CallEvent[] = [];
  #running = false;
  #timerAt = Number.POSITIVE_INFINITY;
  #steps = { at: 0, count: 0 };
  #actions = 0;

  constructor(world: ClientWorld, owner: Owner, start: CallStart) {
    this.#world = world;
    this.#owner = owner;
    this.name = `${owner.name}#${world.nextCall()}`;
    const { state, effects } = beginCall(start, { now: world.clock.now, seed: world.nextCall() });
    this.state = state;
    this.#running = true;
    this.#perform(effects);
    this.#running = false;
    this.#runAll();
  }

  /** Whose call it is, and how it is told what happens. */
  get #who() {
    const tell: Tell = (event) => this.#owner.hear(() => this.tell(event));
    return { name: this.name, owner: this.#owner, tell };
  }

  get view(): CallView {
    return viewCall(this.state);
  }

  get over(): boolean {
    return this.state.phase === 'over';
  }

  /** Does an action of the person that is to be settled once. */
  hangUp() {
    this.#actions += 1;
    this.actions.set(this.#actions, 0);
    this.tell({ type: 'hangUp', action: this.#actions });
  }

  /** Ends the page: connections are closed, nobody is told anything. */
  vanish() {
    this.gone = true;
    this.#link?.link.cut(2, 0);
    for (const { peer } of this.talks.values()) peer.close();
    this.talks.clear();
    this.actions.clear();
  }

  /** Breaks the socket: the server notices after `serverMs`, or never, the client likewise. */
  cut(serverMs: number | undefined, clientMs: number) {
    this.#link?.link.cut(serverMs, clientMs);
  }

  tell(event: CallEvent) {
    if (this.gone) return;
    if (event.type === 'leave') this.wasLeft = true;
    this.#events.push(event);
    this.#runAll();
  }

  #runAll() {
    if (this.#running) return;
    this.#running = true;
    for (let event = this.#events.shift(); event; event = this.#events.shift()) this.#step(event);
    this.#running = false;
    this.#setTimer();
  }

  #step(event: CallEvent) {
    const { now } = this.#world.clock;
    this.#steps =
      this.#steps.at === now ? { at: now, count: this.#steps.count + 1 } : { at: now, count: 1 };
    hold(this.#steps.count < STEPS_AT_ONCE, () => `${this.name} runs hot on ${event.type}`);
    const before = this.state;
    const { state, effects } = stepCall(before, event, now);
    if (this.#world.traces) this.#trace(event, effects);
    this.state = state;
    const isNews = before.phase === 'over' && effects.some(({ type }) => type !== 'settle');
    hold(!isNews, () => `${this.name} wants ${JSON.stringify(effects)} after its end`);
    if (before.phase !== 'over' && state.phase === 'over') {
      this.wasWelcomed = before.welcomed;
      const isEnd = event.type === 'frame' && event.frame.type === 'state';
      this.wasTold = isEnd || (event.type === 'refused' && event.reason !== undefined);
    }
    this.#perform(effects);
  }

  #trace(event: CallEvent, effects: readonly CallEffect[]) {
    const wanted = effects.map((each) => `      ${JSON.stringify(each)}`);
    const what = `${this.#world.clock.now} ${this.name} ${JSON.stringify(event)}`;
    this.#world.trace([what, ...wanted].join('\n'));
  }

  #setTimer() {
    const at = callDeadline(this.state) ?? Number.POSITIVE_INFINITY;
    if (at === this.#timerAt) return;
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#world.clock.at(at, () => {
      if (this.#timerAt !== at || this.gone) return;
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#owner.hear(() => this.tell({ type: 'time' }));
    });
  }

  #perform(effects: readonly CallEffect[]) {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: CallEffect) {
    switch (effect.type) {
      case 'post':
        return requestCall(this.#world, effect, this.#who);
      case 'ask':
        return this.#ask(effect.attempt);
      case 'open':
        return this.#open(effect);
      case 'close':
        if (this.#link?.attempt === effect.attempt) {
          this.#link.link.close();
          this.#link = undefined;
        }
        return;
      case 'send':
        if (this.#link?.attempt !== effect.attempt) return;
        this.#link.link.send(effect.text);
        return;
      case 'say':
        if (this.#link?.attempt !== effect.attempt) return;
        this.#link.link.send(JSON.stringify(effect.frame));
        return;
      case 'peer':
        return this.#begin(effect);
      case 'release': {
        const talk = this.#talk(effect.connection);
        if (!talk) return;
        talk.connection.isHeld = false;
        return talk.peer.release();
      }
      case 'apply': {
        const talk = this.#talk(effect.connection);
        talk?.heard.push(...effect.signals);
        this.#world.touch();
        return talk?.peer.apply(effect.signals);
      }
      case 'restart':
        return this.#talk(effect.connection)?.peer.restart();
      case 'dropPeer':
        this.#talk(effect.connection)?.peer.close();
        this.talks.delete(effect.connection);
        return;
      case 'settle': {
        const settled = (this.actions.get(effect.action) ?? 0) + 1;
        hold(settled === 1, () => `${this.name} settles ${effect.action} twice`);
        this.actions.set(effect.action, settled);
        return;
      }
    }
  }

  #talk(id: number): Talk | undefined {
    const talk = this.talks.get(id);
    hold(talk !== undefined, () => `${this.name} has no connection ${id}`);
    return talk;
  }

  #ask(attempt: number) {
    const { call = '', start } = this.state;
    requestTicket(this.#world, { attempt, call, takeOver: start.type === 'move' }, this.#who);
  }

  #open({ attempt, url }: Extract<CallEffect, { type: 'open' }>) {
    this.#link?.link.close();
    this.#link = undefined;
    const { call = '', role } = this.state;
    const [given, movable] = url.split(' ');
    const as = given === 'first' ? role : given;
    const { tell } = this.#who;
    if (!this.#owner.reachable) {
      this.#world.clock.in(REQUEST_MS / 2, () => tell({ type: 'closed', attempt, code: 1006 }));
      return;
    }
    const link: Link = this.#world.rooms.link(
      this.#world.rooms.call(call),
      {
        ...this.#world.rooms.worker.entrant(this.#owner.user, this.#owner.sid, undefined),
        role: as === 'caller' ? 'caller' : 'callee',
        ...(movable && { takeOver: true }),
      },
      {
        opened: () => tell({ type: 'opened', attempt }),
        received: (text) => {
          if (text === 'pong') tell({ type: 'heard', attempt });
          else {
            const frame: CallServerFrame = JSON.parse(text);
            tell({ type: 'frame', attempt, frame });
          }
        },
        closed: (code = 1006) => {
          if (this.#link?.link === link) this.#link = undefined;
          tell({ type: 'closed', attempt, code });
        },
      },
      () => this.#owner.latency,
    );
    this.#link = { attempt, link };
  }

  #begin(effect: Extract<CallEffect, { type: 'peer' }>) {
    const { connection: id } = effect;
    hold(!this.talks.has(id), () => `${this.name} begins connection ${id} twice`);
    const talk = beginTalk(this.#world, effect, this.#who);
    this.talks.set(id, talk);
    this.all.push(talk);
  }
}
