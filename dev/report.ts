import { messageOf } from './reason.ts';

/** Tells people how the start goes: a sign of life while steps take longer than two seconds. */
export class Progress {
  readonly #started = Date.now();
  readonly #open = new Set<string>();
  readonly #timer = setInterval(() => {
    if (this.#open.size > 0) console.log(`  … ${[...this.#open].join(', ')} (${this.seconds()} s)`);
  }, 2_000);

  /** Returns the seconds since the start, with one decimal. */
  seconds(): string {
    return ((Date.now() - this.#started) / 1000).toFixed(1);
  }

  /** Runs a step; its name is shown while it takes long, and when it fails. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#open.add(name);
    try {
      return await work();
    } catch (cause) {
      throw new Error(`${name}: ${messageOf(cause)}`, { cause });
    } finally {
      this.#open.delete(name);
    }
  }

  /** Ends the signs of life. */
  done(): void {
    clearInterval(this.#timer);
  }
}

/** Aligns the columns of rows of text. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
};

/** Names a database for people: host and name, without user and password. */
export const databaseName = (url: string): string => {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.host}${parsed.pathname}` : 'the database of DATABASE_URL';
};

/** Says for people what a migration did. */
export const migrationOutcome = (applied: number): string => {
  if (applied === 0) return 'up to date';
  return `${applied} migration${applied === 1 ? '' : 's'} applied`;
};
