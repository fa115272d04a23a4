/** A name of a host with at least one dot, which no address of digits has. */
const HOST = /^(?=.{4,253}$)([a-z\d]([a-z\d-]*[a-z\d])?\.)+[a-z]([a-z\d-]*[a-z\d])$/;

/** An origin without a certificate, which only a stand-in on this machine has. */
const LOCAL_ORIGIN = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

/** Whether a text names a push service in the setting `PUSH_SERVICES`. */
export const isPushService = (service: string): boolean =>
  HOST.test(service) || LOCAL_ORIGIN.test(service);

/**
 * Reads the address of a subscription, as a client named it [P3]: pushes are posted there, so it
 * has to be https, at the usual port of a known push service or a host below it.
 *
 * @param services as the setting `PUSH_SERVICES` has them
 * @returns the address as it is kept; undefined when it leads anywhere else
 */
export const readPushEndpoint = (
  services: readonly string[],
  endpoint: string,
): string | undefined => {
  const url = URL.parse(endpoint);
  if (!url) return undefined;
  const { username, password, hash } = url;
  if (username !== '' || password !== '' || hash !== '') return undefined;
  const leadsTo = (service: string) => {
    if (service.startsWith('http:')) return url.origin === service;
    const isThere = url.hostname === service || url.hostname.endsWith(`.${service}`);
    return url.protocol === 'https:' && url.port === '' && isThere;
  };
  return services.some(leadsTo) ? url.href : undefined;
};
