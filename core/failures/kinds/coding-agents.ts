/** Failures of coding agents, which are programs outside of Banyan. */
import type { FailureText } from "./kind";

export const CODING_AGENT_FAILURES = {
  agent_not_started: {
    title: "Coding agent did not start",
    shows: "A coding agent was not installed, not signed in, or opened no session.",
    prevention: "Check with `banyan doctor` that the coding agent starts before work is planned for it.",
    recovery: "The task does the work itself, or with another coding agent.",
    action: "Run `banyan doctor`, and install or sign in the coding agent.",
  },
  agent_out_of_room: {
    title: "Coding agent reached a limit",
    shows: "A coding agent stopped at the grant, at its tokens or at its number of requests.",
    prevention: "Give a coding agent one small piece of work at a time, with a grant that covers it.",
    recovery: "A new call goes on with its session.",
    action: "Grant more to such tasks, or ask for less at once.",
    inPlans: true,
  },
  agent_without_model: {
    title: "Coding agent's provider failed",
    shows: "A coding agent gave up because its model was rate-limited or its provider failed.",
    prevention: "Run fewer coding agents at once.",
    recovery: "A new call goes on with its session later.",
    action: "Raise the quota, or connect a second provider.",
  },
  agent_silent: {
    title: "Coding agent out of time",
    shows: "The host ended a coding agent that was silent or whose time was over.",
    prevention: "Give a coding agent work of minutes, and set timeout_seconds for longer work.",
    recovery: "A new call goes on with its session.",
    action: "Raise the call's timeout, or make the pieces of work smaller.",
    inPlans: true,
  },
  agent_broke: {
    title: "Coding agent broke off",
    shows: "A coding agent ended in the middle of its work, or broke its protocol.",
    prevention: "Keep the installed coding agent up to date.",
    recovery: "A new call goes on with its session, or begins a new one.",
    action: "Update the coding agent, and run `banyan doctor`.",
  },
  agent_declined: {
    title: "Coding agent refused",
    shows: "A coding agent ended its turn as a refusal.",
    prevention: "Say what the work is for, and leave out what reads like harm.",
    recovery: "Another agent does the work.",
    inPlans: true,
  },
  agent_interrupted: {
    title: "Coding agent interrupted",
    shows: "A coding agent was cancelled, or its task was paused.",
    prevention: "Let a coding agent finish before the task is paused.",
    recovery: "A new call goes on with its session.",
  },
} as const satisfies Record<string, FailureText>;
