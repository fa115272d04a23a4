/** The version of this package, as reports name it. */
export const CLIENT_VERSION = 'aist-client 0.1.0';
