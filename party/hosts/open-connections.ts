/** How long a client may take to answer a close when its room is over, in milliseconds. */
export const CLOSE_MS = 5_000;

/** The connections of a room that have not closed, whatever they were told. */
export class OpenConnections {
  readonly #ids = new Set<string>();

  add(id: string): void {
    this.#ids.add(id);
  }

  delete(id: string): void {
    this.#ids.delete(id);
  }

  /**
   * Ends a room that is over together with those that do not answer their close: they would keep it
   * in memory, at our cost, for as long as they like. A room without connections ends by itself, and
   * is left alone: a timer would keep it awake.
   */
  endRoomLater(end: () => void): void {
    if (this.#ids.size === 0) return;
    setTimeout(() => {
      if (this.#ids.size > 0) end();
    }, CLOSE_MS);
  }
}
