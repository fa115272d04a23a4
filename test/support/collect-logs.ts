import { appendFileSync } from 'node:fs';
import { stack } from './stack.ts';

// Runs before each test file of the stack: the logs of apps in this process are checked at the end,
// as the Worker's is (setup.ts). Where files share a process it is done once.
const DONE = Symbol.for('aist.collect-logs');
const levels = DONE in console ? [] : (['log', 'warn', 'error'] as const);
Object.defineProperty(console, DONE, { value: true });
for (const level of levels) {
  const write = console[level];
  console[level] = (...parts: unknown[]) => {
    appendFileSync(stack.localLogFile, `${parts.map(String).join(' ')}\n`);
    write(...parts);
  };
}
