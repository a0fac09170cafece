/** The part of a task's setup that says how its tree was given. Only the root's is read. */
export interface RootSetup {
  /** How the agent that gave the tree by A2A gets its result; absent: as a task. */
  a2aAnswer?: "message";
  /** The header `traceparent` of the program that submitted the tree; absent: it sent none that is valid. */
  caller?: string;
}
