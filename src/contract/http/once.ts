/**
 * Makes a schema when it is first asked for, and keeps it: at its start the Worker makes no schema
 * of an answer, which documents and tests alone need.
 */
export const once = <Schema>(make: () => Schema): (() => Schema) => {
  let made: Schema | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
