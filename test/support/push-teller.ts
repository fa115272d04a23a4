import type { PushNews } from '../../party/wire/to-worker.ts';
import { newUsers } from './calls/people.ts';
import { tellWorker } from './calls/records.ts';
import { onePerson } from './chats/people.ts';
import type { LocalApi } from './client.ts';
import { localApi, TestClock } from './client.ts';
import { subscribedBrowser } from './push.ts';

/** An app of this process, and its clock, which is told of calls as inboxes tell the Worker. */
export const newTeller = () => {
  const clock = new TestClock();
  const api: LocalApi = localApi({}, clock.now);

  /** News of one call. */
  const newCall = async (more: { video?: boolean; group?: boolean } = {}) => {
    const [caller] = await newUsers(1, { displayName: 'Анна' });
    if (!caller) throw new Error('Nobody calls');
    const from = { user: caller.id, username: caller.username, displayName: 'Анна' };
    const call = crypto.randomUUID();
    const at = clock.now();
    const about = { call, from, video: false, group: false, at, ...more };
    const until = at + 45_000;
    return {
      call,
      at,
      until,
      ring: { kind: 'call', ...about, until },
      missed: { kind: 'missed', ...about },
      answered: { kind: 'stopped', ...about, reason: 'answered_elsewhere' },
    } as const;
  };

  const tell = async (user: string, news: PushNews): Promise<void> => {
    const { status, text } = await tellWorker(api, { type: 'push', user, news }, clock.now());
    if (status !== 200) throw new Error(text);
  };

  /** Tells the Worker one after another, and waits until each is pushed: they may overtake. */
  const tellAndWait = async (user: string, ...all: readonly PushNews[]): Promise<void> => {
    for (const news of all) {
      await tell(user, news);
      await api.settle();
    }
  };

  /** Somebody who has subscribed with one browser. */
  const subscriber = async () => {
    const person = await onePerson();
    return { ...person, browser: await subscribedBrowser(api, person.token) };
  };

  return { api, clock, newCall, tell, tellAndWait, subscriber };
};
