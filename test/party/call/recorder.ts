import type { ToCall, ToInbox } from '../../../party/wire/messages.ts';
import type { CallRecord, ToWorker } from '../../../party/wire/to-worker.ts';
import type { CallServerFrame } from '../../../src/contract/sockets/call.ts';
import type { Post } from '../answering.ts';
import { messagesIn } from '../answering.ts';

type Told = (ToCall | ToInbox | ToWorker)['type'];

/** Records what the room of a call sends to connections, and what it posts. */
export class Recorder {
  readonly posts: Post[] = [];
  protected readonly frames = new Map<string, CallServerFrame[]>();

  /** Takes what a connection got since the last time. */
  got(name: string): CallServerFrame[] {
    const frames = this.frames.get(name) ?? [];
    this.frames.delete(name);
    return frames;
  }

  /** Takes what a connection got of one type; the other frames stay. */
  heard<Type extends CallServerFrame['type']>(
    name: string,
    type: Type,
  ): Extract<CallServerFrame, { type: Type }>[] {
    const ofType = (frame: CallServerFrame): frame is Extract<CallServerFrame, { type: Type }> =>
      frame.type === type;
    const frames = this.got(name);
    this.frames.set(
      name,
      frames.filter((frame) => !ofType(frame)),
    );
    return frames.filter(ofType);
  }

  /** Takes the signals that a connection got since the last time: their number and content. */
  signals(name: string): [number, string][] {
    return this.heard(name, 'signal').map(({ seq, signals }) => [
      seq,
      signals
        .map((one) => (one.kind === 'candidate' ? (one.candidate?.candidate ?? '') : one.sdp))
        .join(' '),
    ]);
  }

  /** Takes the errors that a connection was told since the last time. */
  errors(name: string): string[] {
    return this.heard(name, 'error').map(({ code }) => code);
  }

  /** Takes what inboxes and the Worker were told: `<user> <type> <reason or device>`. */
  told(): string[] {
    return this.posts.splice(0).flatMap((post) =>
      messagesIn(post).map((message) => {
        const target = post.to === 'worker' ? post.to : post.to.id;
        const more =
          'reason' in message ? message.reason : 'device' in message ? message.device : undefined;
        return [target, message.type, more].filter((part) => part !== undefined).join(' ');
      }),
    );
  }

  /** All messages of a type that an inbox was told so far. */
  messages<Type extends Told>(type: Type) {
    type Message = ToCall | ToInbox | ToWorker;
    return this.posts
      .flatMap(messagesIn)
      .filter((message): message is Extract<Message, { type: Type }> => message.type === type);
  }

  get records(): CallRecord[] {
    return this.messages('record');
  }
}
