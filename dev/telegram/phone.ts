import type { ChatMember } from 'grammy/types';
import { Hono } from 'hono';
import * as z from 'zod';
import type { Bot } from './methods/index.ts';
import { readJson } from './read-json.ts';

const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/);

const ownerSchema = z
  .strictObject({ phone: E164.exactOptional(), language: z.string().max(35).exactOptional() })
  .refine((owner) => Object.keys(owner).length > 0, 'one of phone, language is needed');

const textSchema = z.strictObject({ text: z.string().min(1).max(4096) });

/** A contact, by default the person's own. `userId: null`: of somebody who is not in Telegram. */
const contactSchema = z.strictObject({
  phone: z.string().optional(),
  userId: z.int().positive().nullish(),
  forwarded: z.boolean().optional(),
});

const pressSchema = z.strictObject({ messageId: z.int(), data: z.string() });

const blockSchema = z.strictObject({ blocked: z.boolean() });

const ID = ':id{[1-9]\\d{0,14}}';

/** Marks a command as Telegram does: grammY and others go by the entity. */
const entitiesOf = (text: string) => {
  const [command] = /^\/\w+(@\w+)?/.exec(text) ?? [];
  return command
    ? { entities: [{ type: 'bot_command' as const, offset: 0, length: command.length }] }
    : {};
};

/**
 * Serves what a person does with their phone under `/_/chats/:id`, in JSON. An action answers when
 * the bot has: `{delivered}` is false when there is no webhook or it did not answer 2xx in the end.
 *
 * - `PUT / {phone?, language?}` says whose phone it is
 * - `POST /text {text}` writes to the bot
 * - `POST /contact {phone?, userId?, forwarded?}` shares a contact: with `{}` their own, as the
 *   keyboard's button does
 * - `POST /block {blocked}` blocks the bot, or lets it write again
 * - `POST /press {messageId, data}` presses a button under a message; `notice` in the answer is
 *   what
 *   the phone shows for a moment
 */
export const phone = ({ chats, updates, buttonPresses }: Bot): Hono => {
  const app = new Hono();
  const refuse = (error: z.ZodError) =>
    Response.json({ error: z.prettifyError(error) }, { status: 400 });

  app.put(`/${ID}`, async (c) => {
    const owner = ownerSchema.safeParse(await readJson(c.req.raw));
    return owner.success
      ? c.json(chats.introduce(Number(c.req.param('id')), owner.data))
      : refuse(owner.error);
  });

  app.post(`/${ID}/text`, async (c) => {
    const id = Number(c.req.param('id'));
    const body = textSchema.safeParse(await readJson(c.req.raw));
    if (!body.success) return refuse(body.error);
    const message = chats.write(id, { ...body.data, ...entitiesOf(body.data.text) });
    return c.json({ delivered: await updates.push({ message }) });
  });

  app.post(`/${ID}/contact`, async (c) => {
    const id = Number(c.req.param('id'));
    const body = contactSchema.safeParse(await readJson(c.req.raw));
    if (!body.success) return refuse(body.error);
    const { phone = chats.get(id)?.phone, userId = id, forwarded } = body.data;
    if (phone === undefined) return c.json({ error: 'nobody said whose phone this is' }, 409);
    const sender_user = chats.person(userId ?? id);
    const date = Math.floor(Date.now() / 1000);
    const message = chats.write(id, {
      // Telegram leaves out the +.
      contact: {
        phone_number: phone.replace(/^\+/, ''),
        first_name: sender_user.first_name,
        ...(userId !== null && { user_id: userId }),
      },
      ...(forwarded && { forward_origin: { type: 'user', date, sender_user } }),
    });
    return c.json({ delivered: await updates.push({ message }) });
  });

  app.post(`/${ID}/block`, async (c) => {
    const id = Number(c.req.param('id'));
    const body = blockSchema.safeParse(await readJson(c.req.raw));
    if (!body.success) return refuse(body.error);
    const { blocked } = body.data;
    const before = chats.get(id)?.blocked ?? false;
    const { firstName } = chats.block(id, blocked);
    if (before === blocked) return c.json({ delivered: true });
    const member = (isBlocked: boolean): ChatMember =>
      isBlocked
        ? { status: 'kicked', user: chats.bot, until_date: 0 }
        : { status: 'member', user: chats.bot };
    const my_chat_member = {
      chat: { id, type: 'private' as const, first_name: firstName },
      from: chats.person(id),
      date: Math.floor(Date.now() / 1000),
      old_chat_member: member(before),
      new_chat_member: member(blocked),
    };
    return c.json({ delivered: await updates.push({ my_chat_member }) });
  });

  app.post(`/${ID}/press`, async (c) => {
    const id = Number(c.req.param('id'));
    const body = pressSchema.safeParse(await readJson(c.req.raw));
    if (!body.success) return refuse(body.error);
    const { messageId, data } = body.data;
    const message = chats.sent(id, messageId);
    const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
    const pressed = buttons.some(
      (button) => 'callback_data' in button && button.callback_data === data,
    );
    if (!message || !pressed) return c.json({ error: 'no such button' }, 404);
    const query = buttonPresses.begin({ from: chats.person(id), message, data });
    const delivered = await updates.push({ callback_query: query });
    return c.json({ delivered, notice: buttonPresses.end(query.id) });
  });

  return app;
};
