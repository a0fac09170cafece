/** Decides what a coding agent asks for. It works in the sandbox, so the rights of its call are the walls around it. */
import type { Level } from "@/core/log/entries";
import type { PermissionAsk } from "@/lib/acp/converse";

export interface Decision {
  isAllowed: boolean;
  /** The right that is missing; null when it is allowed. */
  missing: Level | null;
}

/** Asks somebody else about what the rights of the call do not allow; null: nobody can be asked. */
export type OnPermission = (ask: PermissionAsk, decision: Decision) => Promise<Decision>;

/**
 * The level of each kind of call. A command is like one of `use_terminal` without network: it can only change the
 * workspace. The other kinds, such as a change of the agent's own mode, could mean anything.
 */
const LEVEL_OF: Readonly<Record<string, Level>> = {
  read: "read",
  search: "read",
  think: "read",
  edit: "write",
  delete: "write",
  move: "write",
  execute: "write",
  fetch: "network",
};
const UNKNOWN_LEVEL: Level = "change";

/** The call of the tool was allowed to write in its workspace, and the sandbox has no network. */
export function decide({ kind }: PermissionAsk, { isReadOnly }: { isReadOnly: boolean }): Decision {
  const level = Object.hasOwn(LEVEL_OF, kind) ? (LEVEL_OF[kind] as Level) : UNKNOWN_LEVEL;
  // In a read-only workspace commands still have their scratch folder, but files are not edited.
  const isAllowed = level === "read" || (level === "write" && (!isReadOnly || kind === "execute"));
  return { isAllowed, missing: isAllowed ? null : level };
}
