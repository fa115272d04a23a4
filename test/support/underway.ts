/** Where the Worker of the tests says how much work behind its answers is under way. */
export const UNDERWAY_PATH = '/__underway';
