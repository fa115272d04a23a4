import { join } from 'node:path';
import { build } from 'esbuild';
import { CLIENT } from './tools.ts';

/** The types of `aist-client/testing`: they name the client's own alone, not those of the rooms. */
export const TESTING_TYPES = `import type {
  CreateTestClock,
  CreateTestServer,
} from './testing/types.js';
export type {
  CreateTestClock,
  CreateTestServer,
  TestClock,
  TestPerson,
  TestServer,
  TestServerOptions,
} from './testing/types.js';
export declare const createTestClock: CreateTestClock;
export declare const createTestServer: CreateTestServer;
`;

/** Bundles `aist-client/testing` with the rooms and all that they need, into one module. */
export const bundleTesting = async (outfile: string): Promise<void> => {
  await build({
    entryPoints: [join(CLIENT, 'testing', 'index.ts')],
    bundle: true,
    outfile,
    format: 'esm',
    target: 'es2022',
    legalComments: 'eof',
    logLevel: 'error',
    // Node has it from 22.
    inject: [join(CLIENT, 'testing', 'with-resolvers.ts')],
    define: { 'Promise.withResolvers': 'withResolvers' },
  });
};
