import { makeVapidKeys } from './push/keys.ts';

/** `npm run push:keys`: prints a new pair of keys for pushes, and says where to put them. */

const { publicKey, privateKey } = makeVapidKeys();

console.log(`A new pair of keys for pushes. Both are settings of the Worker:

  VAPID_PUBLIC_KEY=${publicKey}
  VAPID_PRIVATE_KEY=${privateKey}
  VAPID_SUBJECT=mailto:you@your-domain

The private key is a secret: npx wrangler secret put VAPID_PRIVATE_KEY
The others may stand in wrangler.toml under [vars]; the subject is whom push services write to.
With another pair every browser has to subscribe again, which apps do when they start: do not
change it without need. docs/operations.md#pushes says more.`);
