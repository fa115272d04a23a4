import type { Device } from '../../support/calls/device.ts';
import { deviceOf } from '../../support/calls/device.ts';
import { newDevices } from '../../support/calls/scenes.ts';
import { ModelDevice } from './sdk-device.ts';
import type { Step } from './steps.ts';
import { DEVICES, describeStep, USERS } from './steps.ts';

/** A message as the model has it. */
interface Sent {
  readonly id: string;
  readonly chat: number;
  readonly seq: number;
  readonly sender: number;
}

/** What the model knows of a chat. */
interface ModelChat {
  readonly id: string;
  readonly type: 'user' | 'group' | 'channel';
  lastSeq: number;
  /** Members in the order in which they came. */
  readonly members: Map<number, { admin: boolean }>;
  /** What each user may ever have read, as spans of `seq`; an open one ends at infinity. */
  readonly spans: Map<number, { from: number; to: number }[]>;
}

/** Four people with two devices each, and their chats, as the rules say that they are. */
export class World {
  readonly log: string[] = [];
  readonly devices: ModelDevice[] = [];
  readonly chats: ModelChat[] = [];
  readonly #people: Device[];
  readonly #sent: Sent[] = [];
  #clientId = 0;

  private constructor(people: Device[]) {
    this.#people = people;
  }

  /** Makes the people and their chats. */
  static async create(): Promise<World> {
    const world = new World(await newDevices(USERS));
    for (const { user } of world.#people) {
      for (let n = 0; n < DEVICES; n++)
        world.devices.push(await ModelDevice.create(await deviceOf(user)));
    }
    await world.#make({ type: 'group', name: 'Group', members: [world.#idOf(1), world.#idOf(2)] });
    await world.#make({ type: 'channel', name: 'Channel', members: [world.#idOf(3)] });
    await world.#make({ type: 'user', peerUserId: world.#idOf(1) });
    world.#enter(0, [0, 1, 2]);
    world.#enter(1, [0, 3]);
    world.#enter(2, [0, 1]);
    return world;
  }

  /** Takes a step; throws when the API answers otherwise than the rules say. */
  async take(step: Step): Promise<void> {
    this.log.push(describeStep(step));
    switch (step.do) {
      case 'send':
        return this.#send(step);
      case 'edit':
      case 'delete':
        return this.#change(step);
      case 'read':
        return this.#read(step);
      case 'add':
      case 'remove':
      case 'promote':
        return this.#manage(step);
      case 'leave':
        return this.#leave(step);
      case 'join':
        return this.#join(step);
      case 'rename':
        return this.#rename(step);
      default:
        return this.#connect(step);
    }
  }

  /** Whether a user may ever have been shown a message. */
  mayHaveRead(userId: string, chatId: string, seq: number): boolean {
    const user = this.#people.findIndex(({ user: { id } }) => id === userId);
    const spans = this.chats.find(({ id }) => id === chatId)?.spans.get(user) ?? [];
    return spans.some(({ from, to }) => seq > from && seq <= to);
  }

  #idOf(user: number): string {
    return this.#person(user).user.id;
  }

  #person(user: number): Device {
    const person = this.#people[user];
    if (!person) throw new Error(`There is no user ${user}`);
    return person;
  }

  #chat(index: number): ModelChat {
    const chat = this.chats[index];
    if (!chat) throw new Error(`There is no chat ${index}`);
    return chat;
  }

  async #make(body: { type: ModelChat['type'] } & Record<string, unknown>): Promise<void> {
    const { id } = await this.#ask(0, 201, 'POST', '/api/chats', body);
    const { type } = body;
    const [members, spans] = [new Map(), new Map()];
    this.chats.push({ id: String(id), type, lastSeq: 0, members, spans });
  }

  #enter(index: number, users: readonly number[]): void {
    const { type, lastSeq, members, spans } = this.#chat(index);
    for (const user of users) {
      const admin = type !== 'user' && members.size === 0;
      members.set(user, { admin });
      const from = type === 'group' ? lastSeq : 0;
      spans.set(user, [...(spans.get(user) ?? []), { from, to: Number.POSITIVE_INFINITY }]);
    }
  }

  #exit(index: number, user: number): void {
    const { type, lastSeq, members, spans } = this.#chat(index);
    const { admin } = members.get(user) ?? { admin: false };
    members.delete(user);
    const span = spans.get(user)?.at(-1);
    if (span) span.to = lastSeq;
    if (type === 'user' || !admin || [...members.values()].some((other) => other.admin)) return;
    for (const [next] of members) {
      members.set(next, { admin: true });
      break;
    }
  }

  async #ask(user: number, status: number, method: string, path: string, body?: object) {
    const answer = await this.#person(user).send(method, path, body);
    this.log[this.log.length - 1] += ` → ${answer.status}`;
    if (answer.status === status) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} in place of ${status}: ${answer.text}`);
  }

  async #send({ user, chat: index, tries }: Extract<Step, { do: 'send' }>): Promise<void> {
    const chat = this.#chat(index);
    const member = chat.members.get(user);
    const path = `/api/chats/${chat.id}/messages`;
    const clientId = `c${this.#clientId++}`;
    const body = { text: `text ${clientId}`, clientId };
    if (!member) return void (await this.#ask(user, 404, 'POST', path, body));
    if (chat.type === 'channel' && !member.admin)
      return void (await this.#ask(user, 403, 'POST', path, body));
    // Tries race, as those of a client do that heard no answer.
    const answers = await Promise.all(
      Array.from({ length: tries }, () => this.#person(user).send('POST', path, body)),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    const wanted = [...Array.from({ length: tries - 1 }, () => 200), 201];
    const ids = new Set(answers.map((answer) => answer.body['id']));
    if (String(statuses) !== String(wanted) || ids.size !== 1)
      throw new Error(`A message was answered ${statuses}: ${answers.map(({ text }) => text)}`);
    chat.lastSeq += 1;
    const { seq, id } = answers[0]?.body ?? {};
    if (seq !== chat.lastSeq) throw new Error(`The seq is ${seq} in place of ${chat.lastSeq}`);
    this.#sent.push({ id: String(id), chat: index, seq: chat.lastSeq, sender: user });
  }

  async #change(step: Extract<Step, { do: 'edit' | 'delete' }>): Promise<void> {
    const { user, message: place } = step;
    const message = this.#sent[place % Math.max(1, this.#sent.length)];
    if (!message) return;
    const chat = this.#chat(message.chat);
    const member = chat.members.get(user);
    const isRead = this.mayHaveRead(this.#idOf(user), chat.id, message.seq);
    const mayWrite = chat.type !== 'channel' || member?.admin;
    const isOwn = message.sender === user && mayWrite;
    const path = `/api/chats/${chat.id}/messages/${message.id}`;
    const mayChange = isOwn || (step.do === 'delete' && member?.admin);
    const answer =
      step.do === 'edit'
        ? await this.#person(user).send('PATCH', path, { text: `edited ${this.#clientId++}` })
        : await this.#person(user).send('DELETE', path);
    const isDeleted = answer.body['code'] === 'message_not_found';
    this.log[this.log.length - 1] += ` → ${answer.status}`;
    if (!member || !isRead ? answer.status === 404 : mayChange || answer.status !== 200) {
      if (answer.status === 200 || isDeleted || answer.status < 500) return;
    }
    throw new Error(`${step.do} was answered ${answer.status}: ${answer.text}`);
  }

  async #read({ user, chat: index, part }: Extract<Step, { do: 'read' }>): Promise<void> {
    const chat = this.#chat(index);
    const seq = Math.floor((chat.lastSeq * part) / 3);
    const status = chat.members.has(user) ? 200 : 404;
    const body = await this.#ask(user, status, 'PUT', `/api/chats/${chat.id}/read`, { seq });
    if (status === 200 && Number(body['readSeq']) < Math.min(seq, chat.lastSeq))
      throw new Error(`A mark at ${seq} was answered ${body['readSeq']}`);
  }

  async #manage(step: Extract<Step, { do: 'add' | 'remove' | 'promote' }>): Promise<void> {
    const { user, other, chat: index } = step;
    const chat = this.#chat(index);
    const member = chat.members.get(user);
    if (user === other) return;
    const path = `/api/chats/${chat.id}/members`;
    const target = this.#idOf(other);
    const allowed = chat.type !== 'user' && member?.admin;
    const refused = member ? 403 : 404;
    if (step.do === 'add') {
      const body = { members: [target] };
      await this.#ask(user, allowed ? 200 : refused, 'POST', path, body);
      if (allowed && !chat.members.has(other)) this.#enter(index, [other]);
    } else if (step.do === 'remove') {
      const status = allowed ? (chat.members.has(other) ? 200 : 404) : refused;
      await this.#ask(user, status, 'DELETE', `${path}/${target}`);
      if (status === 200) this.#exit(index, other);
    } else {
      const status = allowed ? (chat.members.has(other) ? 200 : 404) : refused;
      await this.#ask(user, status, 'PATCH', `${path}/${target}`, { role: 'admin' });
      if (status === 200) chat.members.set(other, { admin: true });
    }
  }

  async #leave({ user, chat: index }: Extract<Step, { do: 'leave' | 'join' | 'rename' }>) {
    const chat = this.#chat(index);
    const path = `/api/chats/${chat.id}/members/${this.#idOf(user)}`;
    const status = chat.members.has(user) ? (chat.type === 'user' ? 403 : 200) : 404;
    await this.#ask(user, status, 'DELETE', path);
    if (status === 200) this.#exit(index, user);
  }

  async #join({ user, chat: index }: Extract<Step, { do: 'leave' | 'join' | 'rename' }>) {
    const chat = this.#chat(index);
    if (chat.type !== 'channel' && !chat.members.has(user)) {
      await this.#ask(user, 404, 'POST', `/api/chats/${chat.id}/join`);
    } else if (chat.type === 'channel') {
      await this.#ask(user, 200, 'POST', `/api/chats/${chat.id}/join`);
      if (!chat.members.has(user)) this.#enter(index, [user]);
    }
  }

  async #rename({ user, chat: index }: Extract<Step, { do: 'leave' | 'join' | 'rename' }>) {
    const { id, members, type } = this.#chat(index);
    const member = members.get(user);
    const status = member ? (type !== 'user' && member.admin ? 200 : 403) : 404;
    const name = `Name ${this.#clientId++}`;
    await this.#ask(user, status, 'PATCH', `/api/chats/${id}`, { name });
  }

  async #connect(step: Extract<Step, { device: number }>): Promise<void> {
    const device = this.devices[step.device];
    if (!device) throw new Error(`There is no device ${step.device}`);
    if (step.do === 'sleep') device.sleep();
    else if (step.do === 'wake') await device.wake();
    else if (step.do === 'deafen') device.deaf = true;
    else if (step.do === 'hear') device.deaf = false;
    else if (step.do === 'sync') await device.catchUp();
    else {
      // The page closes between fetching and subscribing.
      await device.catchUp();
      device.sleep();
    }
  }
}
