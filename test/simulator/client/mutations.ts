/** A fault that is planted in the client: a text of a file, and what stands there instead. */
export interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Faults that the model test must find, by what they do. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a signal that was seen is applied again': {
    file: 'signals.ts',
    from: 'seq > last.seq',
    to: 'seq >= last.seq',
  },
  'a signal is taken for seen': {
    file: 'signals.ts',
    from: 'seq > last.seq',
    to: 'seq > last.seq + 1',
  },
  'nothing is acknowledged after five seconds': {
    file: 'signals.ts',
    from: 'owedSince + ACK_MS',
    to: 'Number.POSITIVE_INFINITY',
  },
  'what has arrived is kept': {
    file: 'signals.ts',
    from: 'filter((one) => one.seq > seq)',
    to: 'filter((one) => one.seq >= seq)',
  },
  'what the room lacks is not sent after a reconnect': {
    file: 'signals.ts',
    from: 'signals.flushed = received;',
    to: 'signals.flushed = signals.next - 1;',
  },
  'the numbers go on where those of a former life ended': {
    file: 'signals.ts',
    from: 'signals.next = received + 1;',
    to: 'signals.next = received + 2;',
  },
  'the offer of POST has no number': {
    file: 'dialling.ts',
    from: 'if (isPosted)',
    to: 'if (!isPosted)',
  },
  'signals of a connection that was dropped are sent': {
    file: 'signals.ts',
    from: 'filter((one) => one.connection !== connection)',
    to: 'filter(() => true)',
  },
  'a signal does not say which epoch it is for': {
    file: 'signals.ts',
    from: '...(to !== undefined && { to }), epoch, signal',
    to: '...(to !== undefined && { to }), signal',
  },
  'a new epoch is negotiated over the connection of before': {
    file: 'connections.ts',
    from: 'connection?.epoch !== Math.max(1, peer.epoch)',
    to: '!connection',
  },
  'both sides are impolite': {
    file: 'connections.ts',
    from: 'polite, offers: !polite, held',
    to: 'polite: false, offers: !polite, held',
  },
  'both sides are polite': {
    file: 'connections.ts',
    from: 'polite, offers: !polite, held',
    to: 'polite: true, offers: !polite, held',
  },
  'the polite side makes the first offer': {
    file: 'connections.ts',
    from: 'polite, offers: !polite, held',
    to: 'polite, offers: polite, held',
  },
  'ICE is not restarted when the network has changed': {
    file: 'connections.ts',
    from: "connection.media !== 'new'",
    to: "connection.media === 'new'",
  },
  'ICE is never restarted': {
    file: 'connections.ts',
    from: "step.do({ type: 'restart', connection: id });",
    to: '',
  },
  'prepared connections are not released': {
    file: 'connections.ts',
    from: "step.do({ type: 'release', connection: connection.id });",
    to: '',
  },
  'a device that comes back has no memory': {
    file: 'room.ts',
    from: '...(remembers && {',
    to: '...(!remembers && {',
  },
  'a wish is said once, over whatever socket': {
    file: 'room.ts',
    from: 'state.said = undefined;',
    to: '',
  },
  'a page that has forgotten its call does not begin anew': {
    file: 'room.ts',
    from: 'joined && !remembers && received > 0',
    to: 'joined && !remembers && received < 0',
  },
  'the connection of the first offer is not given to the callee': {
    file: 'room.ts',
    from: '|| group || caller !== you',
    to: '|| !group || caller !== you',
  },
  'nobody waits for a hang-up to be heard': {
    file: 'state.ts',
    from: 'leave: 10_000',
    to: 'leave: 1',
  },
  'a reconnect is waited for without end': {
    file: 'patience.ts',
    from: '[lostAt + CALL_MS.grace, lost]',
    to: '[NEVER, lost]',
  },
  'what is prepared waits for ever': {
    file: 'patience.ts',
    from: '[ringsUntil + CALL_MS.slack,',
    to: '[NEVER,',
  },
  'an action is not settled': {
    file: 'step.ts',
    from: "for (const action of actions) this.do({ type: 'settle', action });",
    to: '',
  },
  'an action is settled again after the end': {
    file: 'machine.ts',
    from: "else if (event.type === 'hangUp') step.do({ type: 'settle', action: event.action });",
    to: "if (event.type === 'hangUp') step.do({ type: 'settle', action: event.action });",
  },
  'what ended is told in another way': {
    file: 'endings.ts',
    from: ': { reason, by: byOf(state, reason) };',
    to: ": { reason: reason === 'declined' ? 'missed' : reason, by: byOf(state, reason) };",
  },
  'an offer that crosses is applied by the impolite side': {
    file: 'peer.ts',
    from: 'ignoresOffer = isCrossing && !polite',
    to: 'ignoresOffer = false',
  },
  'an offer that crosses is ignored by the polite side': {
    file: 'peer.ts',
    from: 'ignoresOffer = isCrossing && !polite',
    to: 'ignoresOffer = isCrossing',
  },
  'an offer is not answered': {
    file: 'peer.ts',
    from: "if (kind === 'offer') {",
    to: 'if (false) {',
  },
  'a connection that is over goes on': {
    file: 'step.ts',
    from: "if (connection) this.do({ type: 'dropPeer', connection: connection.id });",
    to: '',
  },
  'signals are not applied one after another': {
    file: 'peer.ts',
    from: 'queue = queue\n      .then(',
    to: 'queue = Promise.resolve()\n      .then(',
  },
  'candidates come before they are wanted': {
    file: 'peer.ts',
    from: 'let { held } = options;',
    to: 'let held = false;',
  },
};
