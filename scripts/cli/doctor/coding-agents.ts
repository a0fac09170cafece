/** The part of `doctor` that names the coding agents which are installed on this machine. */
import { EXECUTORS, type Executor, executorsWith } from "@/agents/tools/coding/executors";
import { type Executable, findExecutable } from "@/lib/acp/executable";
import type { Settings } from "@/lib/env";
import type { Finding } from "./doctor";

/** Returns one finding for each agent that is there or that the settings name, or one that says there is none. */
export function codingAgents({
  codingAgents: own,
  searchPath,
}: Pick<Settings, "codingAgents" | "searchPath">): Finding[] {
  const findings = executorsWith(own).flatMap((executor) => {
    const found = findExecutable(executor.programs, searchPath);
    if (found) return findingOf(executor, found);
    const second = findExecutable(executor.streamPrograms ?? [], searchPath);
    if (second)
      return findingOf(executor, second, "Banyan talks with it by stream-json, because claude-agent-acp is not there.");
    return own.some(({ name }) => name === executor.name) ? missing(executor) : [];
  });
  if (findings.length > 0) return findings;
  const names = EXECUTORS.map(({ title }) => title).join(", ");
  const remedy = `To let agents use one of them (${names}), install it: docs/coding-agents.md.`;
  return [{ name: "Coding agents", mark: "off", text: "None installed.", remedy }];
}

function findingOf({ name, title, terms }: Executor, { file, version, licence }: Executable, way = ""): Finding {
  const what = `${title} ${version ?? "of unknown version"}, licence ${licence ?? "unknown"}${terms ? ` (${terms})` : ""}, ${file}.`;
  // It gets the gateway's address and a token in place of an account, so no subscription is used.
  const cap = "Signed in by Banyan's model gateway, so the task's grant is a hard cap.";
  return { name: `Coding agent ${name}`, mark: "ok", text: `${what} ${cap}${way && ` ${way}`}`, remedy: "" };
}

function missing({ name, programs, install }: Executor): Finding {
  const text = `${programs.join(" or ")} is not a program.`;
  return { name: `Coding agent ${name}`, mark: "warn", text, remedy: `To use it, ${install}.` };
}
