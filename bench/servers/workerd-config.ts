/** The rooms' bindings and classes, as in wrangler.toml. */
const ROOMS = { QR: 'QrRoom', CALL: 'CallRoom', INBOX: 'InboxRoom' };

/** What is served how. */
export interface WorkerdOptions {
  readonly port: number;
  /** A folder for what rooms keep. */
  readonly disk: string;
  /** The Worker's code, beside the configuration. */
  readonly module: string;
  /** The names of settings; their values are in workerd's environment. */
  readonly settings: readonly string[];
}

/** A Worker and its rooms for `workerd serve` (workerd.capnp); it may reach loopback alone. */
export const workerdConfig = ({ port, disk, module, settings }: WorkerdOptions): string => {
  const classes = Object.values(ROOMS);
  const bindings = [
    ...Object.entries(ROOMS).map(([name, room]) => `(name = "${name}", durableObjectNamespace = "${room}")`),
    ...settings.map((name) => `(name = "${name}", fromEnvironment = "${name}")`),
  ];
  const namespaces = classes.map((room) => `(className = "${room}", uniqueKey = "${room}", enableSql = true)`);
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
  compatibilityDate = "2026-10-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "disk"),
);
`;
};
