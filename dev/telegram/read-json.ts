/** The JSON of a request's body; undefined where it is none, and the schemas then say what was expected. */
export const readJson = async (request: Request): Promise<unknown> => {
  return request.json().catch(() => undefined);
};
