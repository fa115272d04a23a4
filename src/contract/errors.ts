import * as z from 'zod';
import { REASONS } from './sockets/call.ts';
import { InCall } from './sockets/inbox.ts';

/** One sentence in every language the API speaks. Legacy clients show the Russian one. */
export interface Text {
  readonly ru: string;
  readonly en: string;
}

export type Language = keyof Text;

/** Reads the language that a store keeps; Russian when it keeps none. */
export const toLanguage = (kept: string | null): Language => (kept === 'en' ? 'en' : 'ru');

/** The languages of messages, the default first. */
export const LANGUAGES: readonly Language[] = ['ru', 'en'];

/**
 * Makes a text that the legacy server had in English alone. Its clients may compare it, so it stays
 * English for requests that ask for no language [H11].
 */
const legacy = (ru: string, en: string) => ({ ru, en, legacy: en }) as const;

/**
 * Every error the API answers: its stable machine-readable code → HTTP status and message.
 * The texts that legacy clients know are fixed; `{wait}` stands for a duration such as `5 мин.`.
 */
export const ERRORS = {
  invalid_phone: { status: 400, text: { ru: 'Некорректный номер', en: 'Invalid phone number' } },
  invalid_code_format: {
    status: 400,
    text: { ru: 'Неверный код или формат', en: 'Wrong code or format' },
  },
  wrong_code: {
    status: 400,
    text: { ru: 'Неверный код или он истёк', en: 'Wrong or expired code' },
  },
  too_many_requests: {
    status: 429,
    text: {
      ru: 'Слишком много попыток. Повторите через {wait}',
      en: 'Too many attempts. Try again in {wait}',
    },
  },
  no_token: { status: 401, text: legacy('Войдите, чтобы продолжить', 'No token') },
  invalid_token: { status: 401, text: legacy('Сеанс завершён, войдите снова', 'Invalid token') },
  invalid_secret: { status: 401, text: { ru: 'Неверный секрет', en: 'Invalid secret' } },
  forbidden: { status: 403, text: legacy('Доступ запрещён', 'Forbidden') },
  link_fields_required: {
    status: 400,
    text: legacy('Нужны phone и telegramChatId', 'phone and telegramChatId required'),
  },
  sms_unavailable: {
    status: 503,
    text: { ru: 'SMS временно недоступен', en: 'SMS is temporarily unavailable' },
  },
  user_not_found: { status: 404, text: legacy('Пользователь не найден', 'User not found') },
  peer_not_found: {
    status: 404,
    text: { ru: 'Пользователь не найден', en: 'User not found' },
  },
  chat_not_found: { status: 404, text: legacy('Чат не найден', 'Chat not found') },
  message_not_found: {
    status: 404,
    text: { ru: 'Такого сообщения нет', en: 'There is no such message' },
  },
  chat_with_oneself: {
    status: 400,
    text: { ru: 'Нельзя создать чат с собой', en: 'You cannot make a chat with yourself' },
  },
  chat_name_required: {
    status: 400,
    text: { ru: 'Укажите название', en: 'A name is required' },
  },
  chat_full: { status: 409, text: { ru: 'В чате нет мест', en: 'The chat is full' } },
  last_admin: {
    status: 409,
    text: {
      ru: 'Сначала назначьте другого администратора',
      en: 'Make somebody else an admin first',
    },
  },
  not_allowed_in_chat: {
    status: 403,
    text: { ru: 'Недостаточно прав в этом чате', en: 'You may not do this in this chat' },
  },
  message_empty: {
    status: 400,
    text: { ru: 'Сообщение пустое', en: 'The message is empty' },
  },
  message_too_long: {
    status: 400,
    text: {
      ru: 'Сообщение длиннее 4000 символов',
      en: 'The message has more than 4000 characters',
    },
  },
  invalid_attachment: {
    status: 400,
    text: {
      ru: 'Такое вложение не поддерживается',
      en: 'This attachment is not supported',
    },
  },
  attachment_too_large: {
    status: 413,
    text: {
      ru: 'Вложение слишком большое: не более 1,5 МБ',
      en: 'The attachment is too large: at most 1.5 MB',
    },
  },
  public_key_required: {
    status: 400,
    text: legacy('Нужен publicKey', 'publicKey required'),
  },
  too_many_blocked: {
    status: 409,
    text: { ru: 'Слишком много заблокированных', en: 'Too many people are blocked' },
  },
  push_off: {
    status: 404,
    text: { ru: 'Уведомления здесь не включены', en: 'Pushes are not set up here' },
  },
  push_service_unknown: {
    status: 400,
    text: {
      ru: 'Уведомления этого браузера не поддерживаются',
      en: 'Pushes of this browser are not supported',
    },
  },
  push_key_changed: {
    status: 409,
    text: {
      ru: 'Подписка сделана с прежним ключом: оформите её снова',
      en: 'The subscription was made with a former key: subscribe again',
    },
  },
  session_not_found: {
    status: 404,
    text: { ru: 'Такого сеанса нет', en: 'There is no such session' },
  },
  invalid_link: {
    status: 400,
    text: { ru: 'Ссылка недействительна или устарела', en: 'The link is invalid or expired' },
  },
  qr_code_missing: { status: 400, text: { ru: 'Код не указан', en: 'No code given' } },
  qr_code_unknown: {
    status: 400,
    text: { ru: 'Код истёк или не найден', en: 'The code has expired or is not known' },
  },
  qr_code_confirmed: {
    status: 400,
    text: { ru: 'Код уже подтверждён', en: 'The code has been confirmed already' },
  },
  websocket_required: {
    status: 426,
    text: {
      ru: 'По этому адресу отвечает только WebSocket',
      en: 'This address speaks WebSocket alone',
    },
  },
  room_not_found: {
    status: 404,
    text: {
      ru: 'Такой комнаты нет, или она закрыта',
      en: 'There is no such room, or it is closed',
    },
  },
  call_to_oneself: {
    status: 400,
    text: { ru: 'Нельзя позвонить самому себе', en: 'You cannot call yourself' },
  },
  in_call: {
    status: 409,
    text: { ru: 'Вы уже разговариваете или звоните', en: 'You are in a call already' },
  },
  call_not_found: {
    status: 404,
    text: { ru: 'Такого звонка нет, или он завершён', en: 'There is no such call, or it is over' },
  },
  answered_elsewhere: {
    status: 409,
    text: {
      ru: 'На звонок ответили на другом устройстве',
      en: 'Another device of yours has the call',
    },
  },
  call_not_answered: {
    status: 409,
    text: { ru: 'На звонок ещё не ответили', en: 'Nobody has answered the call yet' },
  },
  call_full: { status: 409, text: { ru: 'В звонке нет мест', en: 'The call is full' } },
  already_in_call: {
    status: 409,
    text: { ru: 'Этот человек уже в звонке', en: 'This person is in the call already' },
  },
  call_stays_of_two: {
    status: 409,
    text: {
      ru: 'К этому звонку нельзя присоединиться: у собеседника старое приложение',
      en: 'Nobody can be added to this call: somebody in it uses an old app',
    },
  },
  username_too_short: {
    status: 400,
    text: { ru: 'Никнейм не менее 2 символов', en: 'A username has at least 2 characters' },
  },
  username_reserved: {
    status: 400,
    text: { ru: 'Это имя зарезервировано', en: 'This name is reserved' },
  },
  username_taken: { status: 409, text: { ru: 'Никнейм уже занят', en: 'This username is taken' } },
  invalid_field: {
    status: 400,
    text: { ru: 'Некорректное значение поля', en: 'A field has a value that is not allowed' },
  },
  malformed_json: {
    status: 400,
    text: { ru: 'Тело запроса — не JSON', en: 'The request body is not JSON' },
  },
  not_found: {
    status: 404,
    text: { ru: 'Такого адреса нет', en: 'There is nothing at this address' },
  },
  method_not_allowed: {
    status: 405,
    text: { ru: 'Этот метод здесь не поддерживается', en: 'This method is not supported here' },
  },
  body_too_large: {
    status: 413,
    text: { ru: 'Слишком большой запрос', en: 'The request body is too large' },
  },
  unavailable: {
    status: 503,
    text: {
      ru: 'Сервис временно недоступен. Повторите через {wait}',
      en: 'Temporarily unavailable. Try again in {wait}',
    },
  },
  misconfigured: {
    status: 503,
    text: { ru: 'Сервис не настроен', en: 'The service is not configured' },
  },
  internal: { status: 500, text: { ru: 'Внутренняя ошибка сервера', en: 'Internal server error' } },
} as const satisfies Record<string, { status: number; text: Text }>;

/** The stable machine-readable name of an error, `code` in every error body. */
export type ErrorCode = keyof typeof ERRORS;

/** The errors whose message says how long to wait. */
export type WaitingErrorCode = {
  [Code in ErrorCode]: (typeof ERRORS)[Code]['text']['ru'] extends `${string}{wait}${string}`
    ? Code
    : never;
}[ErrorCode];

/** The errors whose message says nothing about waiting. */
export type PlainErrorCode = Exclude<ErrorCode, WaitingErrorCode>;

/** Whether a string is an {@link ErrorCode}. */
export const isErrorCode = (value: string): value is ErrorCode => Object.hasOwn(ERRORS, value);

/** Whether a string is a {@link PlainErrorCode}: validation issues carry one as their message. */
export const isPlainErrorCode = (value: string): value is PlainErrorCode =>
  isErrorCode(value) && !ERRORS[value].text.ru.includes('{wait}');

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** The error envelope [H8]: a superset of the legacy `{ok: false, message}` and `{error}`. */
export const ErrorBody = z.object({
  ok: z.literal(false),
  message: z
    .string()
    .describe('For people; Russian, or as the header X-Language: en or ru asks for'),
  error: z.string().describe('The same text: some clients look here'),
  code: z.enum(CODES).describe('Stable, for programs'),
  requestId: z.string().describe('Also in the header X-Request-Id; quote it when you ask for help'),
  retryAfterSeconds: z.int().optional().describe('Also in the header Retry-After'),
  inCall: InCall.optional().describe(
    'Of `in_call` and `answered_elsewhere`: the call that I am in or make',
  ),
  reason: z
    .enum(REASONS)
    .optional()
    .describe('Of `call_not_found`, for a minute: how the call ended that I was in'),
  status: z.literal('invalid').optional().describe('Of GET /api/auth/qr/check alone'),
});
