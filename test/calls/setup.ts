import type { TestProject } from 'vitest/node';
import { startStack } from '../stack/setup.ts';

/** Starts one stack for all tests of calls, its rooms on the host that the project is named for. */
export default async (project: TestProject) => {
  const { stack, ready, close } = await startStack(
    project.name === 'calls-partykit' ? 'partykit' : 'partyserver',
  );
  await ready;
  project.provide(
    'stacks',
    Array.from({ length: Number(project.config.maxWorkers) }, () => stack),
  );
  return close;
};
