import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCalls } from '../../../client/src/call/calls.ts';
import { openInbox } from '../../../client/src/inbox.ts';
import { createClient, memoryStorage } from '../../../client/src/index.ts';

const NOBODY = { call: 'c1', video: false, group: false } as const;
const FROM = { user: 'u1', username: 'anna', displayName: 'Anna' } as const;

afterEach(() => vi.unstubAllGlobals());

describe('calls where there is no WebRTC', () => {
  test.each(['RTCPeerConnection', 'MediaStream'])(
    'without %s every way into a call says that it is not supported',
    (missing) => {
      for (const name of ['RTCPeerConnection', 'MediaStream'])
        vi.stubGlobal(name, name === missing ? undefined : class {});
      const client = createClient({ url: 'http://127.0.0.1:1', storage: memoryStorage() });
      const inbox = openInbox(client);
      const calls = createCalls(client, inbox);
      const refusal = expect.objectContaining({ name: 'CallError', code: 'not_supported' });
      expect(() => calls.call('boris')).toThrow(refusal);
      expect(() => calls.accept({ ...NOBODY, from: FROM })).toThrow(refusal);
      expect(() => calls.comeBack('c1')).toThrow(refusal);
      expect(() => calls.moveHere('c1')).toThrow(refusal);
      expect(calls.current.get()).toBeUndefined();
      calls.dispose();
      inbox.dispose();
      client.dispose();
    },
  );
});
