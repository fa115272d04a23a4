import { appendFileSync } from 'node:fs';
import { stack } from './stack.ts';

// Runs before each test file of the stack: what apps in this process log is checked at the end, as the Worker's log is (setup.ts).
for (const level of ['log', 'warn', 'error'] as const) {
  const write = console[level];
  console[level] = (...parts: unknown[]) => {
    appendFileSync(stack.localLogFile, `${parts.map(String).join(' ')}\n`);
    write(...parts);
  };
}
