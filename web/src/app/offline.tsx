import { signal } from '@preact/signals';
import { Icon } from '../parts/icon.tsx';
import { words } from './words.ts';

const online = signal(navigator.onLine);
for (const event of ['online', 'offline'])
  addEventListener(event, () => {
    online.value = navigator.onLine;
  });

/** Says that there is no network, as long as there is none. */
export const OfflineBar = () => {
  const { frame } = words.value;
  return (
    <div class="offline" role="status">
      {!online.value && (
        <p>
          <Icon name="offline" size={20} />
          <span>
            <strong>{frame.offline}.</strong> {frame.offlineText}
          </span>
        </p>
      )}
    </div>
  );
};
