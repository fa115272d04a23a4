import type * as Party from 'partykit/server';

const nothing = () => new Response(null, { status: 404 });

/** What stands outside the rooms: nothing. PartyKit wants it all the same. */
export default {
  onFetch: nothing,
  onBeforeRequest: nothing,
  onBeforeConnect: nothing,
} satisfies Party.PartyKitServer;
