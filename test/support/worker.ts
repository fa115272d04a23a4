import worker, { CallRoom as Room } from '../../src/worker.ts';
import { RESTART_PATH } from './restart-path.ts';
import { UNDERWAY_PATH } from './underway.ts';

export * from '../../src/worker.ts';

/** The room of a call, which can be thrown out of memory. */
export class CallRoom extends Room {
  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === RESTART_PATH) this.ctx.abort('The test restarts it');
    return super.fetch(request);
  }
}

let underway = 0;

/** Restarts the room of a call; what it answers is that it has gone. */
const restartRoom = async (env: Env, call: string): Promise<Response> => {
  const room = env.CALL.getByName(call);
  const isGone = await room.fetch(`https://room${RESTART_PATH}`).then(
    () => false,
    () => true,
  );
  return new Response(null, { status: isGone ? 204 : 500 });
};

/**
 * The Worker as it is, which also says how much work behind its answers is under way: tests that
 * count calls to stores wait until it is none.
 */
export default {
  scheduled: worker.scheduled,
  fetch: (request, env, context) => {
    const { pathname } = new URL(request.url);
    if (pathname === UNDERWAY_PATH) return new Response(String(underway));
    if (pathname.startsWith(RESTART_PATH))
      return restartRoom(env, pathname.slice(RESTART_PATH.length));
    const waitUntil = (work: Promise<unknown>) => {
      underway += 1;
      context.waitUntil(
        work.finally(() => {
          underway -= 1;
        }),
      );
    };
    const counting = new Proxy(context, {
      get: (target, name) => {
        if (name === 'waitUntil') return waitUntil;
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return worker.fetch(request, env, counting);
  },
} satisfies ExportedHandler<Env>;
