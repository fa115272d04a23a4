import { errorText } from '../../app/error-text.ts';
import { words } from '../../app/words.ts';
import { showToast } from '../../parts/toast.tsx';

/** Codes that the banners over a call show already, each with what one may do about it. */
const SHOWN_BY_BANNERS = new Set(['denied', 'missing', 'in_use', 'ended', 'failed']);

/** Waits for an action of a call; what went wrong is said, unless a banner does so. */
export const tell = async (action: Promise<unknown>): Promise<boolean> => {
  try {
    await action;
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    const { trouble } = words.get();
    if (code === 'not_supported') showToast({ text: trouble.notSupported });
    else if (code === undefined || !SHOWN_BY_BANNERS.has(code))
      showToast({ text: errorText(error) });
    return false;
  }
};
