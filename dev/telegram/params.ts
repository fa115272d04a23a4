/**
 * A call's parameters by name. As on the real server every value is text: a value of a JSON body
 * that is no string is kept as JSON.
 */
export type Params = ReadonlyMap<string, string>;

/**
 * Reads the parameters from the query and from a JSON, urlencoded or multipart body; the query wins
 * where both name one. Uploaded files are ignored. Returns undefined for a body that cannot be
 * read.
 */
export const readParams = async (request: Request): Promise<Params | undefined> => {
  const body = await readBody(request);
  return body && new Map([...body, ...new URL(request.url).searchParams]);
};

const readBody = async (request: Request): Promise<[string, string][] | undefined> => {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  try {
    if (type === 'application/json') return fromJson(await request.text());
    if (type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data') {
      return [...(await request.formData())].flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      );
    }
    return [];
  } catch {
    return undefined;
  }
};

const fromJson = (source: string): [string, string][] | undefined => {
  if (source === '') return [];
  const body: unknown = JSON.parse(source);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  return Object.entries(body)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
};

/** Reads a parameter as a safe integer; undefined where it is absent or something else. */
export const integer = (params: Params, name: string): number | undefined => {
  const source = params.get(name) ?? '';
  const value = Number(source);
  return /^-?\d+$/.test(source) && Number.isSafeInteger(value) ? value : undefined;
};

/** Parses a parameter as JSON; undefined where it is absent or no JSON. */
export const json = (params: Params, name: string): unknown => {
  const source = params.get(name);
  if (source === undefined || source === '') return undefined;
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
};
