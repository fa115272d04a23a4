/** Parses a request's body; undefined where it is no JSON, and the schemas say what they expect. */
export const readJson = async (request: Request): Promise<unknown> => {
  return request.json().catch(() => undefined);
};
