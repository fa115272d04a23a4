// A page on the SDK: it listens, calls, and shows what goes on. Tests press `page.…` as a person
// would press buttons.
import type { Call, CallMedia, Calls } from '../../client/src/call.ts';
import { createCalls } from '../../client/src/call.ts';
import type { Inbox } from '../../client/src/inbox.ts';
import { openInbox } from '../../client/src/inbox.ts';
import type { Client } from '../../client/src/index.ts';
import { createClient } from '../../client/src/index.ts';

const WHERE = 'where';

let client: Client;
let inbox: Inbox;
let calls: Calls;
/** The call of this page, also after its end, and all that it has shown. */
let call: Call | undefined;
const shown: string[] = [];

/** Shows somebody's picture; sound is the SDK's. */
const showPicture = (name: string, stream: MediaStream | undefined) => {
  const found = document.getElementById(name) as HTMLVideoElement | null;
  const video = found ?? Object.assign(document.createElement('video'), { id: name });
  Object.assign(video, { autoplay: true, muted: true, playsInline: true });
  if (!found) document.body.append(video);
  if (video.srcObject !== (stream ?? null)) video.srcObject = stream ?? null;
};

/** Whether this tab had a call before it was loaded anew; another tab does not take it away. */
const hadCall = sessionStorage.getItem('call') !== null;

const watch = (made: Call): Call => {
  call = made;
  sessionStorage.setItem('call', 'had');
  made.state.subscribe((now) => {
    const more = 'reason' in now ? ` ${now.reason}` : 'cause' in now ? ` ${now.cause}` : '';
    if (shown.at(-1) !== `${now.state}${more}`) shown.push(`${now.state}${more}`);
  });
  made.people.subscribe((people) => {
    for (const { user, stream, screen } of people) {
      showPicture(user, stream);
      showPicture(`${user} screen`, screen);
    }
  });
  return made;
};

/** Begins with a token; a page that is loaded anew begins by itself. */
const start = async (where: { readonly api: string; readonly token?: string }) => {
  localStorage.setItem(WHERE, JSON.stringify({ api: where.api }));
  client = createClient({ url: where.api, language: 'en' });
  if (where.token) await client.signIn(where.token);
  inbox = openInbox(client);
  calls = createCalls(client, inbox);
  inbox.inCall.subscribe((found) => {
    const isMine = found?.here && found.state === 'accepted' && !calls.current.get() && !call;
    if (isMine && hadCall) watch(calls.comeBack(found.call, { camera: true }));
  });
};

const ringing = () => {
  const [first] = inbox.rings.get();
  if (!first) throw new Error('Nothing rings');
  return first;
};

/** What of a call can be told to the test. */
const read = () => {
  const me = call?.me.get();
  const people = call?.people.get().map(({ stream, screen, ...person }) => ({
    ...person,
    pictures: stream?.getVideoTracks().length ?? 0,
    hasScreen: screen !== undefined,
  }));
  const { microphone, camera, screen, audioLocked } = me ?? {};
  return {
    ...{ id: call?.id.get(), state: call?.state.get(), safety: call?.safety.get(), people, shown },
    ...{ microphone, camera, screen, audioLocked, error: String(call?.error.get() ?? '') },
    ...{ inbox: inbox?.link.get().state, rings: inbox?.rings.get(), inCall: inbox?.inCall.get() },
  };
};

const page = {
  start,
  read,
  call: (to: string | [string, ...string[]], media?: CallMedia) =>
    void watch(calls.call(to, media)),
  accept: (media?: CallMedia) => void watch(calls.accept(ringing(), media)),
  decline: () => inbox.decline(ringing().call),
  comeBack: (id: string, media?: CallMedia) => void watch(calls.comeBack(id, media)),
  moveHere: (id: string, media?: CallMedia) => void watch(calls.moveHere(id, media)),
  device: () => call,
  report: () => call?.report(),
  dispose: () => calls.dispose(),
};
export type PageOfTests = typeof page;
Object.assign(globalThis, { page });

const kept = localStorage.getItem(WHERE);
if (kept) void start(JSON.parse(kept));
