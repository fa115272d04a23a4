/** Something that runs until it is closed. */
export interface Part {
  close(): Promise<void>;
}

/** The parts that were started and have to be ended. */
export class Parts {
  readonly #running: { readonly name: string; readonly part: Part }[] = [];
  #ended = false;

  /**
   * Keeps a part that is being started, to end it later, or at once when the end has begun
   * meanwhile. Rejects as `starting` does.
   */
  async keep<Kept extends Part>(name: string, starting: Promise<Kept>): Promise<Kept> {
    const part = await starting;
    if (this.#ended) await part.close();
    else this.#running.push({ name, part });
    return part;
  }

  /** Ends all parts at the same time. Each ends even if another fails; returns the failures. */
  async close(): Promise<string[]> {
    this.#ended = true;
    const parts = this.#running.splice(0);
    const outcomes = await Promise.allSettled(parts.map(async ({ part }) => part.close()));
    return outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected'
        ? [`${parts[index]?.name} did not end cleanly: ${outcome.reason}`]
        : [],
    );
  }
}
