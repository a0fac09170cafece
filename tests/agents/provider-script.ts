/** Re-exports the terms of scripts for tests; `services/script.ts` explains them. */
export type {
  ProviderScript,
  Reply,
  ScriptedCall,
  ScriptedRequest,
} from "./services/script";
export { agentScript, UnscriptedRequest } from "./services/script";
