import { createStore } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import { Icon } from '../parts/icon.tsx';
import { words } from './words.ts';

const online = createStore(navigator.onLine);
for (const event of ['online', 'offline'])
  addEventListener(event, () => {
    online.set(navigator.onLine);
  });

/** Says that there is no network, as long as there is none. */
export const OfflineBar = () => {
  const { frame } = useStore(words);
  return (
    <div class="offline" role="status">
      {!useStore(online) && (
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
