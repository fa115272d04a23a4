/**
 * How long tests wait for what has to come, in milliseconds. No promise is measured by it: it only
 * ends a wait for what never comes, on the slowest machine too.
 */
export const PATIENCE_MS = 60_000;

/**
 * How long a test may take, in milliseconds, before it counts as hanging: many times what it needs.
 */
export const TIMEOUT_MS = 300_000;
