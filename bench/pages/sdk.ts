import type { Call, Calls } from '../../client/src/call.ts';
import { createCalls } from '../../client/src/call.ts';
import type { Inbox } from '../../client/src/inbox.ts';
import { openInbox } from '../../client/src/inbox.ts';
import { createClient } from '../../client/src/index.ts';
import type { MeasuredPage } from './page.ts';

let inbox: Inbox;
let calls: Calls;
let call: Call | undefined;

const page: MeasuredPage = {
  start: async ({ url, token }) => {
    const client = createClient({ url });
    await client.signIn(token);
    inbox = openInbox(client);
    calls = createCalls(client, inbox);
    await new Promise<void>((resolve) =>
      inbox.link.subscribe(({ state }) => state === 'online' && resolve()),
    );
  },
  call: async (to) => {
    call = calls.call(to, { camera: true });
  },
  rings: () => inbox.rings.get().length > 0,
  accept: async () => {
    const [ring] = inbox.rings.get();
    if (ring) call = calls.accept(ring, { camera: true });
  },
  hangUp: async () => call?.hangUp(),
  describe: async () => ({ state: call?.state.get(), report: await call?.report() }),
  isIdle: () => calls.current.get() === undefined && inbox.rings.get().length === 0,
};
Object.assign(globalThis, { page });
