import * as z from 'zod';
import { Chat } from '../../../src/contract/http/chats.ts';
import { Message } from '../../../src/contract/http/messages.ts';
import type { User } from '../../support/calls/people.ts';
import { newUsers } from '../../support/calls/people.ts';
import { sql } from '../../support/chats/rows.ts';
import type { Answer, Api } from '../../support/client.ts';
import { legacyToken } from '../../support/tokens.ts';
import { Device } from './device.ts';
import type { Room, Step } from './steps.ts';
import { MOVES, PEOPLE } from './steps.ts';

/** Somebody of the model with two devices. */
export interface Person extends User {
  readonly token: string;
  readonly devices: readonly [Device, Device];
}

/** Since when each member is in a chat, by chat and user: another time is another stay. */
type Stays = ReadonlyMap<string, string>;

const keyOf = (chatId: string, userId: string) => `${chatId} ${userId}`;

/** Who does something in the model, and what is known of who may read what. */
export class World {
  readonly people: readonly Person[];
  readonly #api: Api;
  readonly #rooms: Readonly<Record<Room, string>>;
  /** What was sent, by whom. */
  readonly #sent: { readonly chatId: string; readonly id: string; readonly sender: Person }[] = [];
  /** Of each message the stays of those who may read it, by chat and `seq`. */
  readonly #audience = new Map<string, ReadonlySet<string>>();
  #shown: { readonly userId: string; readonly chatId: string; readonly seq: number }[] = [];
  #stays: Stays = new Map();
  #texts = 0;

  private constructor(api: Api, people: readonly Person[], rooms: Readonly<Record<Room, string>>) {
    this.#api = api;
    this.people = people;
    this.#rooms = rooms;
    for (const { id: userId, devices } of people) {
      for (const device of devices) {
        device.onShown = (chatId, { seq }) => this.#shown.push({ userId, chatId, seq });
      }
    }
  }

  /**
   * Makes people, and a chat of each kind: the first one is the admin of the first two. The first
   * device of each has begun before.
   */
  static async create(api: Api): Promise<World> {
    const users = await newUsers(PEOPLE);
    const people = await Promise.all(
      users.map(async (user): Promise<Person> => {
        const token = await legacyToken(user.id);
        const device = () => new Device(api, user.id, token);
        return { ...user, token, devices: [device(), device()] };
      }),
    );
    await Promise.all(people.map(({ devices }) => devices[0].sync(200, 0)));
    const [one, two, three] = people;
    if (!one || !two || !three) throw new Error('Nobody was made');
    const made = async (body: object) => {
      const { status, text, body: chat } = await api.post('/api/chats', body, one);
      if (status !== 201) throw new Error(`POST /api/chats: ${status} ${text}`);
      return String(chat.id);
    };
    const world = new World(api, people, {
      group: await made({ type: 'group', name: 'Группа', members: [two.id, three.id] }),
      channel: await made({ type: 'channel', name: 'Канал' }),
      personal: await made({ type: 'user', peerUserId: two.id }),
    });
    await world.#readStays();
    return world;
  }

  #person(index: number): Person {
    const person = this.people[index];
    if (!person) throw new Error('There is no such person');
    return person;
  }

  /** Since when everybody is in their chats, as the database has it. */
  async #readStays(): Promise<void> {
    const rows = await sql`
      select chat_id, user_id, joined_at::text as since from chat_members
      where chat_id = any (${Object.values(this.#rooms)})`;
    this.#stays = new Map(rows.map((row) => [keyOf(row.chat_id, row.user_id), String(row.since)]));
  }

  /** Makes steps at once, and checks what they showed to whom. */
  async make(steps: readonly Step[]): Promise<void> {
    const move = steps.find((step) => MOVES.includes(step.do));
    const chosen = steps.filter((step) => step === move || !MOVES.includes(step.do));
    const before = this.#stays;
    const sent = (await Promise.all(chosen.map((step) => this.#do(step)))).flat();
    await this.#readStays();
    const staysOf = (key: string) => [before.get(key), this.#stays.get(key)].filter((at) => at);
    for (const { chatId, seq } of sent) {
      const stays = this.people.flatMap(({ id }) =>
        staysOf(keyOf(chatId, id)).map((since) => `${id} ${since}`),
      );
      this.#audience.set(keyOf(chatId, String(seq)), new Set(stays));
    }
    for (const { userId, chatId, seq } of this.#shown.splice(0)) {
      // A channel shows all of itself to whoever is in it.
      const stays = staysOf(keyOf(chatId, userId));
      const audience = this.#audience.get(keyOf(chatId, String(seq)));
      const isTheirs =
        chatId === this.#rooms.channel ||
        stays.some((since) => audience?.has(`${userId} ${since}`));
      if (stays.length === 0 || !isTheirs)
        throw new Error(`${userId} was shown message ${seq} of a chat, which is not theirs`);
    }
  }

  /** Makes a step; returns the messages that it sent. */
  async #do(step: Step): Promise<{ chatId: string; seq: number }[]> {
    const person = this.#person(step.who);
    if (step.do === 'sync') {
      await person.devices[step.device]?.sync(step.limit, step.back);
      return [];
    }
    if (!('room' in step)) {
      await this.#changeMessage(step, person);
      return [];
    }
    const chatId = this.#rooms[step.room];
    const path = `/api/chats/${chatId}`;
    const ask = (method: string, rest: string, body?: object) =>
      this.#ask(person, method, `${path}${rest}`, body);
    const whom = 'whom' in step ? this.#person(step.whom).id : person.id;
    switch (step.do) {
      case 'send': {
        const answer = await ask('POST', '/messages', { text: `text ${++this.#texts}` });
        if (answer.status !== 201) return [];
        const { id, seq } = Message.parse(answer.body);
        this.#sent.push({ chatId, id, sender: person });
        return [{ chatId, seq }];
      }
      case 'read':
        await ask('PUT', '/read', { seq: step.pick });
        return [];
      case 'open':
        await ask('GET', '/messages');
        return [];
      case 'rename':
        await ask('PATCH', '', { name: `Имя ${++this.#texts}` });
        return [];
      case 'join':
        await ask('POST', '/join');
        return [];
      case 'add':
        await ask('POST', '/members', { members: [whom] });
        return [];
      case 'leave':
      case 'take out':
        await ask('DELETE', `/members/${whom}`);
        return [];
      case 'promote':
        await ask('PATCH', `/members/${whom}`, { role: 'admin' });
        return [];
      case 'demote':
        await ask('PATCH', `/members/${whom}`, { role: 'member' });
        return [];
    }
  }

  async #changeMessage(step: Step & { readonly pick: number }, person: Person): Promise<void> {
    const message = this.#sent[step.pick % Math.max(1, this.#sent.length)];
    if (!message) return;
    const path = `/api/chats/${message.chatId}/messages/${message.id}`;
    if (step.do === 'delete') await this.#ask(person, 'DELETE', path);
    else await this.#ask(message.sender, 'PATCH', path, { text: `edited ${++this.#texts}` });
  }

  async #ask(person: Person, method: string, path: string, body?: object): Promise<Answer> {
    const { token } = person;
    const answer = await this.#api.send(method, path, { token, ...(body && { body }) });
    // Whoever may not do it is refused; nothing else may go wrong.
    if (answer.status >= 500) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer;
  }

  /** What the routes answer somebody, which their devices have to have come to. */
  reader(person: Person) {
    const get = async (path: string): Promise<unknown> => {
      const answer = await this.#ask(person, 'GET', path);
      if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.text}`);
      return answer.body;
    };
    return { get, list: async () => z.array(Chat()).parse(await get('/api/chats')) };
  }
}
