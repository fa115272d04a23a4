import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../dev/ports.ts';
import type { Answer } from '../../support/client.ts';
import type { Process } from './processes.ts';
import { killAll, processesWith } from './processes.ts';
import type { RunningScript } from './script.ts';
import { ROOT, runScript } from './script.ts';

/** How long a stack may take until it is ready, and to end once it was, in milliseconds. */
const READY_MS = 120_000;
const END_MS = 60_000;

/** The scripts of package.json that start a stack. */
type StartScript = 'start' | 'start:partykit';

/** The arguments of Node in such a script. */
const argumentsOf = (script: StartScript): string[] => {
  const { scripts }: { scripts: Record<StartScript, string> } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  return scripts[script].split(' ').slice(1);
};

/** `npm start`, or another such script, as a person runs it, in a folder of the test's own. */
export class StackUnderTest {
  readonly script: RunningScript;
  readonly apiUrl: string;
  readonly dataDir: string;
  readonly scratch: string;
  /** Seconds until it was ready. */
  seconds = 0;

  private constructor(
    script: StartScript,
    port: string,
    dataDir: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.dataDir = dataDir;
    this.scratch = mkdtempSync(join(tmpdir(), 'aist-start-tmp-'));
    this.apiUrl = `http://127.0.0.1:${port}`;
    this.script = runScript(argumentsOf(script), {
      env: { PORT: port, DATA_DIR: dataDir, TMPDIR: this.scratch, ...env },
    });
  }

  /** Starts one, without waiting for anything. PORT is a free one unless it is set. */
  static async begin(
    dataDir: string,
    env: Readonly<Record<string, string>> = {},
    script: StartScript = 'start',
  ): Promise<StackUnderTest> {
    return new StackUnderTest(script, env.PORT ?? String(await freePort()), dataDir, env);
  }

  /** Starts one and waits until it says that it is ready. */
  static async start(
    dataDir: string,
    env: Readonly<Record<string, string>> = {},
    script: StartScript = 'start',
  ): Promise<StackUnderTest> {
    const started = performance.now();
    const stack = await StackUnderTest.begin(dataDir, env, script);
    await stack.says('Ctrl-C ends it all.');
    stack.seconds = (performance.now() - started) / 1000;
    return stack;
  }

  /** Waits until it has written something. */
  async says(text: string): Promise<void> {
    const { child, output } = this.script;
    const deadline = Date.now() + READY_MS;
    while (!output().includes(text)) {
      const ended = child.exitCode !== null || child.signalCode !== null;
      if (ended || Date.now() > deadline)
        throw new Error(`It never said "${text}", but:\n${output()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The address that its table gives for a part. */
  address(part: string): string {
    const line = this.script.output().match(new RegExp(`^  ${part} +(http\\S+)`, 'm'));
    if (!line?.[1]) throw new Error(`No ${part} in:\n${this.script.output()}`);
    return line[1];
  }

  /** Its processes at this moment, known by the folder for temporary files that is theirs alone. */
  processes(): Process[] {
    return processesWith('TMPDIR', this.scratch);
  }

  /** Waits until a process of it runs whose command holds a text. */
  async runs(text: string): Promise<Process> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const found = this.processes().find(({ command }) => command.includes(text));
      if (found) return found;
      if (Date.now() > deadline)
        throw new Error(`It never ran ${text}, but wrote:\n${this.script.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /**
   * Sends a signal to it alone, as a supervisor does, and returns the exit code; 'still running'
   * when that takes too long.
   */
  terminate(): Promise<number | null | 'still running'> {
    this.script.child.kill('SIGTERM');
    return this.ends();
  }

  /** Sends SIGINT to its process group, as a terminal does when somebody types Ctrl-C. */
  interrupt(): Promise<number | null | 'still running'> {
    process.kill(-Number(this.script.child.pid), 'SIGINT');
    return this.ends();
  }

  /** Its exit code; 'still running' when that takes too long. */
  ends(): Promise<number | null | 'still running'> {
    const late = new Promise<'still running'>((resolve) =>
      setTimeout(resolve, END_MS, 'still running').unref(),
    );
    return Promise.race([this.script.ended, late]);
  }

  /** What it left behind: processes, and files of its own among the temporary ones. */
  remains(): string[] {
    const files = existsSync(this.scratch) ? readdirSync(this.scratch) : [];
    return [...this.processes().map(({ command }) => command), ...files];
  }

  /** Ends whatever of it still runs. */
  destroy(): void {
    killAll(this.processes());
  }

  /** Sends it a request. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('application/json');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: json ? JSON.parse(text) : {},
    };
  }

  /** Signs a number in by the code in the answer. Returns the token. */
  async signIn(phone: string): Promise<string> {
    const asked = await this.send('POST', '/api/auth/request-code', { phone });
    const verified = await this.send('POST', '/api/auth/verify-code', {
      phone,
      code: asked.body.debugCode,
    });
    if (verified.status !== 200) throw new Error(`Not signed in: ${asked.text} ${verified.text}`);
    return String(verified.body.token);
  }

  /** Links a number to a chat, with the secret of a local stack. */
  async link(phone: string, chatId: number): Promise<void> {
    const link = { phone, telegramChatId: chatId };
    const linked = await this.send('POST', '/api/internal/link-telegram', link, {
      'X-Link-Secret': 'dev-link-secret',
    });
    if (linked.status !== 200) throw new Error(`Not linked: ${linked.text}`);
  }

  /**
   * Signs a linked number in by the code that arrives in its chat on the stand-in's page. Returns
   * the token.
   */
  async signInByTelegram(phone: string, chatId: number): Promise<string> {
    const before = (await this.codesIn(chatId)).length;
    const asked = await this.send('POST', '/api/auth/request-code', { phone });
    if (asked.status !== 200) throw new Error(`No code: ${asked.text}`);
    const code = await this.nextCode(chatId, before);
    const verified = await this.send('POST', '/api/auth/verify-code', { phone, code });
    if (verified.status !== 200) throw new Error(`Not signed in with ${code}: ${verified.text}`);
    return String(verified.body.token);
  }

  /** The codes in a chat of the stand-in, oldest first: chats outlive a stack. */
  async codesIn(chatId: number): Promise<string[]> {
    const chats: { id: number; messages: { text: string }[] }[] = await fetch(
      `${this.address('Telegram')}/_/chats`,
    ).then((answer) => answer.json());
    const messages = chats.find(({ id }) => id === chatId)?.messages ?? [];
    return messages.flatMap(({ text }) => /: (\d{6})\n/.exec(text)?.[1] ?? []);
  }

  /** The code that comes after so many others; it is waited for. */
  private async nextCode(chatId: number, before: number): Promise<string> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const code = (await this.codesIn(chatId))[before];
      if (code !== undefined) return code;
      if (Date.now() > deadline) throw new Error(`No code arrived in chat ${chatId}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
