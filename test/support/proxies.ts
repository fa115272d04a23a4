import { ProxyControl } from './proxy.ts';
import { stack } from './stack.ts';

/** The stores of this file's stack, as they can be counted and made to fail. */
export const database = new ProxyControl(stack.databaseProxy);
export const redis = new ProxyControl(stack.redisProxy);

/** Both stores work again, and their calls are counted anew. */
export const heal = async (): Promise<void> => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
};
