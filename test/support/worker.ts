import worker from '../../src/worker.ts';
import { UNDERWAY_PATH } from './underway.ts';

export * from '../../src/worker.ts';

let underway = 0;

/**
 * The Worker as it is, which also says how much work behind its answers is under way: tests that
 * count calls to stores wait until it is none.
 */
export default {
  scheduled: worker.scheduled,
  fetch: (request, env, context) => {
    if (new URL(request.url).pathname === UNDERWAY_PATH) return new Response(String(underway));
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
