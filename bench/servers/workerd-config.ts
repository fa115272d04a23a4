/** How a Worker is served. */
export interface WorkerdOptions {
  /** The text of wrangler.toml: date and flags are those of the deployed Worker. */
  readonly wrangler: string;
  /** The class of rooms of each binding. */
  readonly rooms: Readonly<Record<string, string>>;
  readonly port: number;
  /** A folder for the rooms' storage. */
  readonly disk: string;
  /** The file with the Worker's code, beside the configuration. */
  readonly module: string;
  /** The names of settings; their values are in workerd's environment. */
  readonly settings: readonly string[];
}

const findSetting = (text: string, what: RegExp): string => {
  const [, value] = what.exec(text) ?? [];
  if (value === undefined) throw new Error(`wrangler.toml has no ${what.source}`);
  return value;
};

/** Reads the rooms of the deployed Worker from wrangler.toml. */
export const roomsIn = (wrangler: string): Record<string, string> =>
  Object.fromEntries(
    Array.from(
      wrangler.matchAll(/^name = "(\w+)"\nclass_name = "(\w+)"$/gm),
      ([, ...pair]) => pair,
    ),
  );

/**
 * Writes the configuration of `workerd serve` (workerd.capnp); the Worker reaches loopback alone.
 */
export const writeWorkerdConfig = ({
  wrangler,
  rooms,
  port,
  disk,
  module,
  settings,
}: WorkerdOptions): string => {
  const date = findSetting(wrangler, /^compatibility_date = (".+")$/m);
  const flags = findSetting(wrangler, /^compatibility_flags = (\[.+\])$/m);
  const bindings = [
    ...Object.entries(rooms).map(
      ([name, room]) => `(name = "${name}", durableObjectNamespace = "${room}")`,
    ),
    ...settings.map((name) => `(name = "${name}", fromEnvironment = "${name}")`),
  ];
  const namespaces = Object.values(rooms).map(
    (room) => `(className = "${room}", uniqueKey = "${room}", enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "internet", network = (allow = ["local"])),
    (name = "disk", disk = (path = ${JSON.stringify(disk)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${module}")],
  compatibilityDate = ${date},
  compatibilityFlags = ${flags},
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "disk"),
);
`;
};
