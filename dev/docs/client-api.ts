import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TESTING_TYPES } from '../client/testing.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLIENT = join(ROOT, 'client');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** Declarations that are made from the contract, and shown by its file. */
const MADE = 'contract.d.ts';

/** Makes the types of the client, and reads the file of each entry and of its parts. */
const makeTypes = (): ((path: string) => string) => {
  const folder = mkdtempSync(join(tmpdir(), 'aist-types-'));
  try {
    const args = [TSC, '-p', 'tsconfig.json', '--emitDeclarationOnly', '--outDir', folder];
    execFileSync(process.execPath, args, { cwd: CLIENT });
    const files = execFileSync('find', [folder, '-name', '*.d.ts'], { encoding: 'utf8' });
    const texts = new Map(
      files
        .trim()
        .split('\n')
        .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
    );
    texts.set('testing.d.ts', TESTING_TYPES);
    return (path) => {
      const text = texts.get(path);
      if (text === undefined) throw new Error(`There are no types at ${path}`);
      return text;
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Takes comments away, which are no part of the surface. */
const stripComments = (text: string): string =>
  text.replace(/^[ \t]*\/\*\*[\s\S]*?\*\/\n/gm, '').replace(/^\s*\n/gm, '');

/** The declarations of a file by name: each begins at the start of a line. */
const declarationsOf = (text: string): ReadonlyMap<string, string> => {
  const statements = stripComments(text).split(/^(?=\S)(?![})\]>|&])/m);
  const named = statements.flatMap((statement) => {
    const kind = /^export (?:declare )?(?:abstract )?(?:const|class|interface|type|function) (\w+)/;
    const [, name] = kind.exec(statement) ?? [];
    return name ? [[name, statement.trim()] as const] : [];
  });
  return new Map(named);
};

/** What an entry exports, with its declarations. */
const surfaceOf = (entry: string, read: (path: string) => string): string => {
  const path = `${entry}.d.ts`;
  const text = stripComments(read(path));
  const passedOn = Array.from(
    text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';$/gm),
    ([, names = '', from = '']) => {
      const file = join(dirname(path), from).replace(/\.[jt]s$/, '.d.ts');
      return names.split(',').map((name) => [name.replace('type ', '').trim(), file] as const);
    },
  ).flat();
  const own = [...declarationsOf(text).keys()].map((name) => [name, path] as const);
  return [...passedOn, ...own]
    .filter(([name]) => name !== '')
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, file]) => {
      if (file === MADE) return `// ${name}: client/src/contract.ts`;
      const declaration = declarationsOf(read(file)).get(name);
      if (declaration === undefined) throw new Error(`${file} does not declare ${name}`);
      return declaration;
    })
    .join('\n\n');
};

/** Makes client/api-report.md: what each entry exports, so that every change of it shows. */
export const makeClientApi = (): string => {
  const manifest = JSON.parse(readFileSync(join(CLIENT, 'package.json'), 'utf8'));
  const entries = Object.values(manifest.exports)
    .flatMap((target) =>
      typeof target === 'object' && target ? [Reflect.get(target, 'types')] : [],
    )
    .map((types) => String(types).replace(/^\.\/dist\/|\.d\.ts$/g, ''));
  const read = makeTypes();
  const sections = entries.map((entry) => {
    const name = entry === 'index' ? 'aist-client' : `aist-client/${entry}`;
    return `## ${name}\n\n\`\`\`ts\n${surfaceOf(entry, read)}\n\`\`\``;
  });
  return `# What aist-client exports

Made by \`npm run docs\` from the types, without their comments: a change of the surface shows here.

${sections.join('\n\n')}
`;
};
