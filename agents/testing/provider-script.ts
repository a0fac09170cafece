/** The words of scripts, for tests; `services/script.ts` explains them. */
export type {
  Fault,
  ProviderScript,
  Reply,
  ScriptedCall,
  ScriptedMessage,
  ScriptedRequest,
  ScriptRule,
} from "./services/script";
export { agentScript, ruleScript, UnscriptedRequest } from "./services/script";
