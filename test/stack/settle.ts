import { afterEach, beforeAll } from 'vitest';
import { settleLocalApis, settleRunningApi } from '../support/client.ts';
import { heal } from '../support/proxies.ts';

// What the file before has asked of the stores is not counted here.
beforeAll(heal);

// Runs before each test file of the stack. What a test leaves to be done behind its answers is done
// before the next one begins, which may count calls to the stores or make them fail.
afterEach(async () => {
  await settleLocalApis();
  await settleRunningApi();
});
