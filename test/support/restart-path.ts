/** Where a room of the tests is thrown out of memory. */
export const RESTART_PATH = '/__restart/';
