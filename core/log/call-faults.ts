/**
 * Why a call did not run, or did not do its work, as a code for programs. The sentence beside it is for readers. Stored in
 * the log, so only append.
 */

/** Why a coding agent's work did not come to its end. */
export const EXECUTOR_FAULTS = [
  /** The rest of the task's grant did not cover the next request. */
  "grant_spent",
  /** The provider does not accept the key, or the agent asks for a sign-in. */
  "not_signed_in",
  "rate_limited",
  "provider_error",
  /** The agent or its provider gave no sign of life. */
  "silent",
  "timeout",
  "paused",
  /** No session could be opened. */
  "not_started",
  /** The program ended in the middle of its work. */
  "agent_ended",
  "agent_error",
  /** What it wrote is not what its protocol says. */
  "protocol",
  /** It cannot be used for this piece of work: unknown, not installed, or without a fitting model. */
  "not_usable",
  "max_tokens",
  "max_turn_requests",
  "refusal",
  "cancelled",
  /** The task's whole grant does not cover one request. */
  "grant_too_small",
] as const;
export type ExecutorFault = (typeof EXECUTOR_FAULTS)[number];

/** Why the host did not run a call. */
export const REFUSALS = [
  "unknown_tool",
  /** The arguments are not valid JSON, or the reply was cut within them. */
  "malformed",
  "invalid_arguments",
  "no_right",
  /** A policy does not allow the call. */
  "denied",
  /** The tool is in quarantine. */
  "held_back",
  /** The tool cannot run now, or its server was removed, replaced or switched off. */
  "unavailable",
  /** A person has to approve the call, and it is too long to be shown. */
  "too_long_to_show",
  /** The task may start no more subtasks. */
  "outgrown",
] as const;
export type CallRefusal = (typeof REFUSALS)[number];

/** What went wrong with a call that ran. `failed`: nothing more is known. */
export const RUN_FAULTS = [
  "failed",
  "timeout",
  "silent",
  /** The process ended during the call, so its outcome is unknown. */
  "interrupted",
  "output_limit",
  "memory",
  "workspace_full",
  /** The path is outside the workspace, hidden or read-only. */
  "path_refused",
  /** The command wanted to reach a host that it may not reach. */
  "host_refused",
  /** The task's files could not be written to its folder. */
  "files_missing",
  /** An added server, a web API or an outside agent answered with an error. */
  "server_failed",
  /** A process of the command used all the CPU time that it may use. */
  "cpu",
] as const;
export type RunFault = (typeof RUN_FAULTS)[number] | `executor_${ExecutorFault}`;

/** Why a call has no result: it went wrong, or the host did not run it any more. */
export type CallFault = RunFault | CallRefusal;
