import type * as z from 'zod';

/** How Lua sees an argument: `digits` is a number that Lua only stores or passes on, as text. */
type ArgumentKind = 'text' | 'digits' | 'number' | 'flag';

/** The arguments of a script: their names, and how Lua sees each. */
export type ArgumentKinds = Readonly<Record<string, ArgumentKind>>;

interface ArgumentTypes {
  readonly text: string;
  readonly digits: number;
  readonly number: number;
  readonly flag: boolean;
}

/** The keys of a script by name, or its list of keys by the name of the list. */
export type KeyValues<Key extends string, KeyList extends string> = Readonly<
  Record<Key, string> & Record<KeyList, readonly string[]>
>;

/** The arguments of a script by name. */
export type ArgumentValues<Kinds extends ArgumentKinds> = {
  readonly [Name in keyof Kinds]: ArgumentTypes[Kinds[Name]];
};

/** Lua functions or constants that several scripts share. */
export interface Fragment {
  /** The fragments that this one needs: they come first, and each comes once in a script. */
  readonly uses?: readonly Fragment[];
  readonly lua: string;
}

/** What names the keys and arguments of a script and gives their order. */
interface Signature<Key extends string, KeyList extends string, Kinds extends ArgumentKinds> {
  /** The names of the keys, in the order of KEYS. */
  readonly keys: readonly Key[];
  /** In a script that takes any number of keys, and so names none: the name of their list. */
  readonly keyList?: KeyList | undefined;
  /** The arguments, in the order of ARGV. */
  readonly args: Kinds;
}

/** A Lua script with named keys and arguments, ready to be sent. */
export interface Script<
  Key extends string,
  KeyList extends string,
  Kinds extends ArgumentKinds,
  Reply extends z.ZodType,
> extends Signature<Key, KeyList, Kinds> {
  readonly name: string;
  /** The whole text: its name, the local variables, the fragments, the body. */
  readonly lua: string;
  readonly reply: Reply;
}

const ARGUMENT: Readonly<Record<ArgumentKind, (index: number) => string>> = {
  text: (index) => `ARGV[${index}]`,
  digits: (index) => `ARGV[${index}]`,
  number: (index) => `tonumber(ARGV[${index}])`,
  flag: (index) => `ARGV[${index}]=='1'`,
};

/** One `local a,b=x,y` for all names, since that takes the fewest bytes. */
const declareLocals = ({ keys, keyList, args }: Signature<string, string, ArgumentKinds>) => {
  const locals = [
    ...keys.map((name, index) => [name, `KEYS[${index + 1}]`]),
    ...(keyList ? [[keyList, 'KEYS']] : []),
    ...Object.entries(args).map(([name, kind], index) => [name, ARGUMENT[kind](index + 1)]),
  ];
  const names = locals.map(([name]) => name).join(',');
  return names && `local ${names}=${locals.map(([, value]) => value).join(',')}`;
};

/** The fragments and those they need, each once and after those it needs. */
const collectFragments = (fragments: readonly Fragment[], found = new Set<Fragment>()) => {
  for (const fragment of fragments) {
    collectFragments(fragment.uses ?? [], found);
    found.add(fragment);
  }
  return found;
};

/** Drops indentation, empty lines and comments, since the text travels with every call. */
const compactLua = (lua: string): string =>
  lua
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n');

/**
 * Defines a script whose keys and arguments are Lua variables of the same names.
 *
 * @param definition `uses` lists the fragments that `lua` calls; `reply` parses what it returns
 *
 * @example
 * const END_SESSION = defineScript({
 *   name: 'end-session',
 *   keys: ['sessions'],
 *   args: { sid: 'text', now: 'number' },
 *   uses: [CLOSE_SESSION],
 *   reply: flag,
 *   lua: `return closeSession(sessions, sid, now) and 1 or 0`,
 * });
 * redis.run(END_SESSION, { sessions: keys.sessions(userId) }, { sid, now });
 */
export const defineScript = <
  const Key extends string,
  const Kinds extends ArgumentKinds,
  Reply extends z.ZodType,
  const KeyList extends string = never,
>({
  uses = [],
  ...definition
}: Script<Key, KeyList, Kinds, Reply> & { readonly uses?: readonly Fragment[] }): Script<
  Key,
  KeyList,
  Kinds,
  Reply
> => {
  const fragments = [...collectFragments(uses)].map(({ lua }) => lua);
  const body = [declareLocals(definition), ...fragments, definition.lua].join('\n');
  // The first line tells whoever reads Redis' slow log which script it is.
  return { ...definition, lua: `-- ${definition.name}\n${compactLua(body)}` };
};

/** KEYS of a call, in the order of the definition. */
export const orderKeys = <Key extends string, KeyList extends string>(
  { keys, keyList }: Script<Key, KeyList, ArgumentKinds, z.ZodType>,
  values: NoInfer<KeyValues<Key, KeyList>>,
): string[] => [...keys.map((name) => values[name]), ...(keyList ? values[keyList] : [])];

/** ARGV of a call, in the order of the definition: flags as 1 and 0. */
export const orderArguments = <Kinds extends ArgumentKinds>(
  { args }: { readonly args: Kinds },
  values: ArgumentValues<Kinds>,
): string[] =>
  Object.keys(args).map((name) => {
    const value = values[name];
    return String(typeof value === 'boolean' ? Number(value) : value);
  });
