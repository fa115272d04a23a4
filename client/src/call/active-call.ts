import type { Client } from '../client.ts';
import type { ErrorDetails } from '../error.ts';
import { AistError } from '../error.ts';
import { callListener } from '../link/runner.ts';
import type { LinkState } from '../link/state.ts';
import type { Store, WritableStore } from '../store.ts';
import { createStore } from '../store.ts';
import { CallError } from './error.ts';
import type { CallStart, CallView } from './events.ts';
import { Loudspeaker } from './loudspeaker.ts';
import { OwnMedia } from './media.ts';
import { PeopleView } from './people.ts';
import { CallRun } from './run.ts';
import { Timeline } from './timeline.ts';
import type { Call, CallMedia, CallReport, CallState, Me, Person } from './types.ts';
import { CLIENT_VERSION } from './version.ts';

/** How often it is looked at how well media arrive, in milliseconds. */
const JUDGE_MS = 2_000;

/** Sets a store if it would show something else; a listener that throws stops nothing here. */
const show = <Value>(store: WritableStore<Value>, value: Value): void => {
  if (JSON.stringify(store.get()) !== JSON.stringify(value)) callListener(() => store.set(value));
};

/** How to begin a call on this device. */
export interface ActiveCallOptions {
  readonly start: CallStart;
  /** What will be sent, if that is known: then there is a line for it from the start. */
  readonly media?: CallMedia;
  /** Is called once, when the person is out of the call. */
  readonly ended: () => void;
}

/** A call on this device, while it goes on and after it. */
export class ActiveCall implements Call {
  readonly #client: Client;
  readonly #run: CallRun;
  readonly #media: OwnMedia;
  readonly #speaker: Loudspeaker;
  readonly #timeline: Timeline;
  readonly #peopleView: PeopleView;
  readonly id: WritableStore<string | undefined> = createStore<string | undefined>(undefined);
  readonly group: WritableStore<boolean> = createStore(false);
  readonly state: WritableStore<CallState>;
  readonly people: WritableStore<readonly Person[]> = createStore<readonly Person[]>([]);
  readonly link: WritableStore<LinkState>;
  readonly error: WritableStore<Error | undefined> = createStore<Error | undefined>(undefined);
  readonly safety: WritableStore<readonly string[]> = createStore<readonly string[]>([]);
  readonly #ended: () => void;
  #judging: unknown;
  #isShowing = false;
  #isStale = false;
  #hasEnded = false;

  constructor(client: Client, { start, media, ended }: ActiveCallOptions) {
    this.#client = client;
    this.#ended = ended;
    this.#timeline = new Timeline(() => client.clock.now());
    this.#speaker = new Loudspeaker((speaker) => this.#media.showSpeaker(speaker));
    this.#media = new OwnMedia(globalThis.navigator?.mediaDevices, () => this.#run.update());
    this.#run = new CallRun({
      client,
      start,
      sent: this.#media,
      note: (...words) => this.#timeline.note(...words),
      changed: () => this.#show(),
    });
    if (media) this.#run.willSend(media);
    this.#peopleView = new PeopleView(this.#run.connections, this.#speaker);
    const { state, link } = this.#run.view;
    this.state = createStore(state);
    this.link = createStore(link);
    this.#run.begin();
    this.#judging = client.clock.setTimeout(() => void this.#judge(), JUDGE_MS);
  }

  get video(): boolean {
    return this.#run.view.video;
  }
  get me(): Store<Me> {
    return this.#media.me;
  }

  /** Switches on what the call begins with; what gives nothing is shown in `me`. */
  beginMedia(media: CallMedia): Promise<void> {
    return this.#media.begin(media);
  }

  /** Takes the call that rings. */
  accept(media: CallMedia): void {
    this.#run.willSend(media);
    this.#run.tell({ type: 'accept' });
    void this.beginMedia(media);
  }

  /** Takes the call over from another device, as soon as that can be done. */
  async moveHere(media: CallMedia): Promise<void> {
    await this.beginMedia(media);
    this.#run.moveWhenPossible();
  }

  /** Tells of the page and its network. */
  tellOfPage(event: 'online' | 'offline' | 'wake'): void {
    this.#run.tell({ type: event });
  }

  /** Ends everything here without a word to the others. */
  leave(): void {
    this.#run.tell({ type: 'leave' });
    this.#run.dispose();
    this.#end();
  }

  microphone(on: boolean | { readonly device: string }): Promise<void> {
    return this.#media.set('microphone', on);
  }
  camera(on: boolean | { readonly device: string } | 'front' | 'back'): Promise<void> {
    return this.#media.set('camera', on);
  }
  screen(on: boolean): Promise<void> {
    return this.#media.set('screen', on);
  }
  speaker(device: string): Promise<void> {
    return this.#speaker.choose(device);
  }
  unlockAudio(): Promise<void> {
    return this.#speaker.unlock();
  }
  async invite(user: string): Promise<void> {
    const { call: id } = this.#run.view;
    if (id === undefined || this.#hasEnded) throw new CallError('not_now');
    await this.#client.request('inviteToCall', { id, user });
  }
  hangUp(): Promise<void> {
    return this.#run.hangUp();
  }

  async report(): Promise<CallReport> {
    const { describeMedia, namePlatform } = await import('./measure.ts');
    const read = await this.#run.readAll();
    return {
      call: this.#run.view.call,
      client: CLIENT_VERSION,
      platform: namePlatform(globalThis.navigator?.userAgent ?? ''),
      timeline: this.#timeline.lines,
      people: read.map(describeMedia),
    };
  }

  /** Shows where the call stands: never within a step, and never an older state after a newer. */
  #show(): void {
    this.#isStale = true;
    if (this.#isShowing) return;
    this.#isShowing = true;
    while (this.#isStale) {
      this.#isStale = false;
      this.#showOnce(this.#run.view);
    }
    this.#isShowing = false;
  }

  #showOnce(view: CallView): void {
    const { state, call, group, link, error, over } = view;
    const people = this.#peopleView.of(view.people);
    const before = this.state.get();
    const what = 'reason' in state ? state.reason : 'cause' in state ? state.cause : '';
    if (JSON.stringify(before) !== JSON.stringify(state)) this.#timeline.note(state.state, what);
    show(this.id, call);
    show(this.group, group);
    show(this.link, link);
    if (people !== this.people.get()) callListener(() => this.people.set(people));
    show(this.safety, !group && people.length === 1 ? (people[0]?.safety ?? []) : []);
    if (error && this.error.get() === undefined) {
      const known = this.#run.failure;
      const shown =
        known ?? new AistError({ ...error, message: error.code } as ErrorDetails<never>);
      callListener(() => this.error.set(shown));
    }
    show(this.state, state);
    if (state.state === 'ended') this.#end();
    if (over) this.#run.dispose();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#client.clock.clearTimeout(this.#judging);
    this.#media.dispose();
    this.#speaker.dispose();
    this.#ended();
  }

  async #judge(): Promise<void> {
    await this.#run.judgeAll();
    if (this.#hasEnded) return;
    this.#show();
    this.#judging = this.#client.clock.setTimeout(() => void this.#judge(), JUDGE_MS);
  }
}
