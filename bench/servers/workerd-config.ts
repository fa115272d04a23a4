/** What is served how. */
export interface WorkerdOptions {
  /** The text of wrangler.toml: date and flags are those of the deployed Worker. */
  readonly wrangler: string;
  /** Binding → class of rooms. */
  readonly rooms: Readonly<Record<string, string>>;
  readonly port: number;
  /** A folder for what rooms keep. */
  readonly disk: string;
  /** The Worker's code, beside the configuration. */
  readonly module: string;
  /** The names of settings; their values are in workerd's environment. */
  readonly settings: readonly string[];
}

const found = (text: string, what: RegExp): string => {
  const [, value] = what.exec(text) ?? [];
  if (value === undefined) throw new Error(`wrangler.toml has no ${what.source}`);
  return value;
};

/** The rooms of the deployed Worker. */
export const roomsIn = (wrangler: string): Record<string, string> =>
  Object.fromEntries(
    Array.from(
      wrangler.matchAll(/^name = "(\w+)"\nclass_name = "(\w+)"$/gm),
      ([, ...pair]) => pair,
    ),
  );

/** A Worker and its rooms for `workerd serve` (workerd.capnp); it may reach loopback alone. */
export const workerdConfig = ({
  wrangler,
  rooms,
  port,
  disk,
  module,
  settings,
}: WorkerdOptions): string => {
  const date = found(wrangler, /^compatibility_date = (".+")$/m);
  const flags = found(wrangler, /^compatibility_flags = (\[.+\])$/m);
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
