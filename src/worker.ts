import { durableRooms } from '../party/durable-rooms.ts';
import { createApp, createShell } from './app.ts';
import { parseSettings, SettingsError } from './env.ts';
import { ApiError } from './errors.ts';
import { answerError } from './http/errors.ts';
import { createLog } from './log.ts';
import { createServices } from './services.ts';

export { QrRoom } from '../party/qr.server.ts';

/** What answers: the API, or, when settings are missing or wrong, 503 to everything. Closed, never half open. */
const createHandler = (env: Env) => {
  try {
    return createApp(createServices(parseSettings({ ...env }), { rooms: durableRooms(env) }));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    createLog().error('misconfigured', { reason: error.message });
    const shell = createShell([]);
    shell.all('*', (c) => answerError(c, new ApiError('misconfigured')));
    return shell;
  }
};

let handler: ReturnType<typeof createHandler> | undefined;

/** The Worker's entry. Settings are parsed once per isolate. */
export default {
  fetch: (request, env, context) => {
    handler ??= createHandler(env);
    return handler.fetch(request, env, context);
  },
} satisfies ExportedHandler<Env>;
