/**
 * As much of grammY as the Worker uses. Its auto-retry is a CommonJS module, and `require` keeps all that a package exports: storages for sessions,
 * adapters for other web frameworks, builders of inline results.
 */
export { Api, Bot, BotError, Composer, GrammyError, HttpError, InlineKeyboard, Keyboard } from 'grammy/web';
