import { callRoomDefinition } from '../party/call/room.ts';
import { fanoutRoomDefinition } from '../party/fanout/room.ts';
import { roomOnPartyServer } from '../party/hosts/partyserver.ts';
import { createRooms } from '../party/hosts/rooms.ts';
import { fetchRoomOf } from '../party/hosts/stubs.ts';
import { inboxRoomDefinition } from '../party/inbox/room.ts';
import { qrRoomDefinition } from '../party/qr/room.ts';
import { roomSecrets } from '../party/wire/signature.ts';
import { createApp, createShell } from './app.ts';
import { trimFeeds } from './feed/trim.ts';
import { ApiError } from './platform/errors.ts';
import { answerError } from './platform/http/errors.ts';
import { createLog } from './platform/log.ts';
import { parseSettings, SettingsError } from './platform/settings.ts';
import { trimSubscriptions } from './push/trim.ts';
import { createServices } from './services.ts';

/** The room of a sign-in by QR code. */
export class QrRoom extends roomOnPartyServer(qrRoomDefinition) {}

/** The room of a call. */
export class CallRoom extends roomOnPartyServer(callRoomDefinition) {}

/** The inbox of a user, where all their devices are reached. */
export class InboxRoom extends roomOnPartyServer(inboxRoomDefinition) {}

/** The room that tells the many members of a chat what happened in it. */
export class FanoutRoom extends roomOnPartyServer(fanoutRoomDefinition) {}

/** Creates the API, and what is done without a request. */
const createHandler = (env: Env) => {
  const log = createLog();
  try {
    const settings = parseSettings({ ...env });
    const rooms = createRooms(
      roomSecrets(settings),
      fetchRoomOf({ ...env, ROOMS_URL: settings.ROOMS_URL }),
    );
    const services = createServices(settings, { rooms });
    const tidyUp = async () => {
      await trimFeeds(log, services);
      await trimSubscriptions(log, services);
    };
    return { app: createApp(services, env.ASSETS), tidyUp };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const { message: reason } = error;
    const complain = () => log.error('misconfigured', { reason });
    complain();
    // With missing or wrong settings everything is 503.
    const app = createShell([]);
    app.all('*', (c) => answerError(c, new ApiError('misconfigured')));
    return { app, tidyUp: async () => complain() };
  }
};

let handler: ReturnType<typeof createHandler> | undefined;

/** The entry of the Worker. Settings are parsed once per isolate. */
export default {
  fetch: (request, env, context) => {
    handler ??= createHandler(env);
    return handler.app.fetch(request, env, context);
  },
  /** Runs at the times of `triggers` in wrangler.toml [M29]. */
  scheduled: (_controller, env) => {
    handler ??= createHandler(env);
    return handler.tidyUp();
  },
} satisfies ExportedHandler<Env>;
