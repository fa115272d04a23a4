import type { PushPayload } from '../../src/contract/push.ts';
import { readAbout } from './state.ts';

const WORDS = {
  ru: {
    call: 'Звонит вам',
    video: 'Видеозвонок',
    missed: 'Пропущенный звонок',
    stopped: 'Звонок окончен',
    message: 'Новое сообщение',
    inChat: (chat: string) => `Новое сообщение в «${chat}»`,
  },
  en: {
    call: 'is calling you',
    video: 'Video call',
    missed: 'Missed call',
    stopped: 'The call is over',
    message: 'New message',
    inChat: (chat: string) => `New message in “${chat}”`,
  },
} as const;

type Words = (typeof WORDS)['ru' | 'en'];

/** What a notification says of a payload, and where it leads. */
const describe = (payload: PushPayload, words: Words) => {
  switch (payload.kind) {
    case 'call': {
      // A push may come late; what rings no longer was missed.
      const rings = payload.until > Date.now();
      const now = payload.video ? words.video : words.call;
      return { body: rings ? now : words.missed, path: `/call/${payload.call}`, rings };
    }
    case 'missed':
      return { body: words.missed, path: '/calls', rings: false };
    case 'stopped':
      return { body: words.stopped, path: '/calls', rings: false };
    default: {
      const { chat, chatName } = payload;
      const body = chatName ? words.inChat(chatName) : words.message;
      return { body, path: `/c/${chat}`, rings: false };
    }
  }
};

/** Shows what was pushed, in place of what was shown of the same call or chat before. */
export const notify = async (
  worker: ServiceWorkerGlobalScope,
  payload: PushPayload | undefined,
): Promise<void> => {
  const { userId, language } = await readAbout();
  // It is for somebody who has signed out here since.
  if (!payload || payload.to !== userId) return;
  const { body, path, rings } = describe(payload, WORDS[language]);
  const options: NotificationOptions & Record<string, unknown> = {
    body,
    tag: payload.kind === 'message' ? `chat-${payload.chat}` : `call-${payload.call}`,
    icon: '/icon-192.png',
    badge: '/icon-badge.png',
    timestamp: payload.at,
    lang: language,
    data: { path },
    requireInteraction: rings,
    silent: payload.kind === 'stopped',
    renotify: payload.kind !== 'stopped',
    vibrate: rings ? [400, 200, 400, 200, 400] : [150],
  };
  await worker.registration.showNotification(payload.from || 'AIST', options);
};
