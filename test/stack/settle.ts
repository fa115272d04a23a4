import { neonConfig } from '@neondatabase/serverless';
import { afterEach, beforeAll } from 'vitest';
import { settleLocalApis, settleRunningApi } from '../support/client.ts';
import { heal } from '../support/proxies.ts';
import { stack } from '../support/stack.ts';

// The driver has one address for the whole process, and a file may have used another database.
const useOwnDatabase = () => {
  neonConfig.fetchEndpoint = String(stack.settings.DATABASE_ENDPOINT);
};
useOwnDatabase();
beforeAll(useOwnDatabase);

// What the file before has asked of the stores is not counted here.
beforeAll(heal);

// Runs before each test file of the stack. What a test leaves to be done behind its answers is done
// before the next one begins, which may count calls to the stores or make them fail.
afterEach(async () => {
  await settleLocalApis();
  await settleRunningApi();
});
