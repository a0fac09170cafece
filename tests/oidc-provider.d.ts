/** Types for the parts of the package that the tests use, because the package has none. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }
  interface Context {
    oidc: { client: { clientId: string }; session: { accountId: string }; provider: Provider };
  }
  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: unknown): Promise<void>;
    Client: { prototype: { redirectUriAllowed(uri: string): boolean } };
    Grant: new (of: {
      clientId: string;
      accountId: string;
    }) => Grant;
  }
  export const interactionPolicy: {
    base(): { add(prompt: unknown, index?: number): void };
    Prompt: new (given: { name: string; requestable: boolean }) => unknown;
  };
  export type { Context };
}
