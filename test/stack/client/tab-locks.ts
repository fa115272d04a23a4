import type { Locks } from '../../../client/src/inbox/leadership.ts';

/** What a tab asks of the locks of its browser. */
export type LockOrder =
  | { readonly do: 'request'; readonly id: number; readonly name: string; readonly steal: boolean }
  | { readonly do: 'end'; readonly id: number };

/** What a tab hears of a request. */
export interface LockWord {
  readonly id: number;
  readonly is: 'granted' | 'stolen';
}

/** A tab, as the locks know it. */
export interface LockOwner {
  hearLock(word: LockWord): void;
}

interface Request {
  readonly owner: LockOwner;
  readonly id: number;
}

/**
 * The Web Locks of a browser (https://w3c.github.io/web-locks/) for tabs that are threads: those of
 * Node 24 end the process when several threads use them.
 */
export class TabLocks {
  /** The requests of each lock; the first one holds it. */
  readonly #queues = new Map<string, Request[]>();

  obey(owner: LockOwner, order: LockOrder): void {
    if (order.do === 'end') this.#remove((one) => one.owner === owner && one.id === order.id);
    else {
      const queue = this.#queues.get(order.name) ?? [];
      this.#queues.set(order.name, queue);
      const request = { owner, id: order.id };
      const robbed = order.steal ? queue.shift() : undefined;
      robbed?.owner.hearLock({ id: robbed.id, is: 'stolen' });
      if (order.steal) queue.unshift(request);
      else queue.push(request);
      if (queue[0] === request) owner.hearLock({ id: request.id, is: 'granted' });
    }
  }

  /** A tab is gone: the browser takes back what it had. */
  leave(owner: LockOwner): void {
    this.#remove((one) => one.owner === owner);
  }

  #remove(isGone: (request: Request) => boolean) {
    for (const queue of this.#queues.values()) {
      const [holder] = queue;
      queue.splice(0, queue.length, ...queue.filter((one) => !isGone(one)));
      const [next] = queue;
      if (next && next !== holder) next.owner.hearLock({ id: next.id, is: 'granted' });
    }
  }
}

/** The `navigator.locks` of such a tab. */
export const askLocks = (send: (order: LockOrder) => void) => {
  const requests = new Map<number, { grant(): void; rob(): void }>();
  let last = 0;
  const request = (
    name: string,
    { signal, steal = false }: LockOptions,
    callback: LockGrantedCallback<unknown>,
  ) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const end = () => {
        requests.delete(id);
        send({ do: 'end', id });
      };
      const onAbort = () => {
        end();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort);
      requests.set(id, {
        grant: () => {
          signal?.removeEventListener('abort', onAbort);
          Promise.resolve(callback({ name, mode: 'exclusive' }))
            .finally(end)
            .then(resolve, reject);
        },
        rob: () => reject(new DOMException('The lock was stolen', 'AbortError')),
      });
      send({ do: 'request', id, name, steal });
    });
  return {
    manager: { request } as unknown as Locks,
    hear: ({ id, is }: LockWord) => {
      const asked = requests.get(id);
      if (is === 'granted') asked?.grant();
      else asked?.rob();
    },
  };
};
