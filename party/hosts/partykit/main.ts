import type * as Party from 'partykit/server';

const notFound = () => new Response(null, { status: 404 });

/** Answers requests outside of rooms with 404. PartyKit requires this file. */
export default {
  onFetch: notFound,
  onBeforeRequest: notFound,
  onBeforeConnect: notFound,
} satisfies Party.PartyKitServer;
