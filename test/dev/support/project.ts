import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './script.ts';

/** Writes a file of a project, with its folders. */
export const write = (project: string, name: string, content: string | object): void => {
  mkdirSync(dirname(join(project, name)), { recursive: true });
  writeFileSync(
    join(project, name),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
};

/** Makes a folder with a project whose dependencies lie beside it: none come from the network. */
export const newProject = (...dependencies: readonly string[]): string => {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'aist-setup-')));
  mkdirSync(join(project, 'dev'));
  copyFileSync(join(ROOT, 'dev', 'setup.mjs'), join(project, 'dev', 'setup.mjs'));
  const named = Object.fromEntries(
    ['greeter', ...dependencies].map((name) => [name, `file:${name}`]),
  );
  write(project, 'package.json', { name: 'fresh-clone', version: '1.0.0', dependencies: named });
  write(project, 'greeter/package.json', {
    name: 'greeter',
    version: '1.0.0',
    bin: { greet: 'greet.js' },
    main: 'greet.js',
  });
  write(project, 'greeter/greet.js', '#!/usr/bin/env node\nmodule.exports = "hello";\n');
  write(project, 'package-lock.json', {
    name: 'fresh-clone',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'fresh-clone', version: '1.0.0', dependencies: named },
      greeter: { version: '1.0.0', bin: { greet: 'greet.js' } },
      'node_modules/greeter': { resolved: 'greeter', link: true },
      ...Object.fromEntries(
        dependencies.flatMap((name) => [
          [name, { version: '1.0.0' }],
          [`node_modules/${name}`, { resolved: name, link: true }],
        ]),
      ),
    },
  });
  for (const name of dependencies)
    write(project, `${name}/package.json`, { name, version: '1.0.0' });
  write(
    project,
    'script.ts',
    `import greeting from 'greeter';
     const { argv, env } = process;
     const [path] = env.PATH?.split(':') ?? [];
     const own = { greeting, arguments: argv.slice(2), cwd: process.cwd(), path };
     console.log(JSON.stringify({ ...own, node: env.NODE_MARK ?? 'own' }));`,
  );
  return project;
};
