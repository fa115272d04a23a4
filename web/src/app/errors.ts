import { showToast } from '../parts/toast.tsx';
import { errorText } from './error-text.ts';

/** Does something that may fail, and says so if it does. Whether it was done. */
export const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    showToast({ text: errorText(error) });
    return false;
  }
};
