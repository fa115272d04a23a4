/** As much of the package as its server uses: only who measures installs it. */
declare module 'better-auth' {
  export interface Auth {
    readonly handler: (request: Request) => Promise<Response>;
  }
  export const betterAuth: (options: object) => Auth;
}

declare module 'better-auth/db/migration' {
  export const getMigrations: (options: object) => Promise<{ runMigrations(): Promise<void> }>;
}

declare module 'better-auth/node' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  import type { Auth } from 'better-auth';

  export const toNodeHandler: (
    auth: Auth,
  ) => (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

declare module 'better-auth/plugins' {
  export const bearer: () => object;
  export const phoneNumber: (options: {
    sendOTP(sent: { readonly phoneNumber: string; readonly code: string }): void;
    readonly signUpOnVerification: { getTempEmail(phone: string): string };
  }) => object;
}
