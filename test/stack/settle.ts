import { afterEach } from 'vitest';
import { settleLocalApis, settleRunningApi } from '../support/client.ts';

// Runs before each test file of the stack. What a test leaves to be done behind its answers is done
// before the next one begins, which may count calls to the stores or make them fail.
afterEach(async () => {
  await settleLocalApis();
  await settleRunningApi();
});
