/** What a fork changes besides agent, model and texts: versions of agents and documents, and which lessons it is shown. */
import { aboutField, UserError } from "@/agents/application";
import { partsOfAgent, refuseModel } from "@/agents/commands/change";
import type { CommandSources } from "@/agents/commands/world/sources";
import { lessonOf } from "@/agents/queries/lesson-of";
import { versionsIn } from "@/core/fork";
import { FAULT_SENTENCES, faultsOf } from "@/core/lessons/limits";
import type { Setup } from "@/core/log/entries";
import type { PinnedVersion } from "@/core/log/versions";
import { isProgram } from "@/core/programs/names";
import { may, type Role, refusalOf } from "@/core/rules/roles";
import type { ForkRequest } from "@/core/shapes/submission";
import { plural } from "@/core/words/figures";
import type { FoundTask } from "@/db/records/found-task";

interface ForkChange {
  setup: Partial<Setup>;
  /** In words, for the log. */
  what: string[];
}

type Asked = Pick<ForkRequest, "versions" | "lessons" | "agent" | "model">;

/**
 * Returns the changes of the task's setup; parts that are not named stay as they are. A version that nobody has
 * approved, or that was taken back for a reason, is for people who may change agents. Throws UserError.
 */
export function versionsOf(
  sources: CommandSources,
  { task, setup }: { task: FoundTask; setup: Setup },
  asked: Asked,
  role: Role,
): ForkChange {
  const versions = asked.versions ?? [];
  if (versions.length === 0) return { setup: {}, what: [] };
  if (!may(role, "configure")) throw new UserError("forbidden", refusalOf(role, "configure"));
  versions.forEach((version, index) => {
    about(`versions.${index}`, () => refuseUnknown(sources, version));
  });
  const pinned = joined(versions, setup.pinned ?? []);
  const what = versions.map(({ kind, name, version }) => `version ${version} of the ${kind} ${name}`);
  // A program has no prompt: only the tasks below it use them.
  if (isProgram(task.model)) return { setup: { pinned }, what };
  const agent = asked.agent ?? setup.agent;
  const kept = agent === setup.agent ? versionsIn(setup) : [];
  const { model, ...own } = partsOfAgent(sources, agent, asked.model, task, joined(pinned, kept));
  if (model === undefined || !versions.some(({ kind, name }) => kind === "agent" && name === agent))
    return { setup: { ...own, pinned }, what };
  if (asked.model === undefined) refuseModel(sources, task, model);
  return { setup: { ...own, model, pinned }, what };
}

/** Returns the versions, then those of other agents and documents. */
function joined(versions: readonly PinnedVersion[], others: readonly PinnedVersion[]): PinnedVersion[] {
  const isNew = ({ kind, name }: PinnedVersion) =>
    !versions.some((known) => known.kind === kind && known.name === name);
  return [...versions, ...others.filter(isNew)];
}

/** Runs `work`; its refusal names this field. */
function about<Result>(field: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof UserError ? aboutField(field, error) : error;
  }
}

function refuseUnknown({ store, configuration }: CommandSources, { kind, name, version }: PinnedVersion): void {
  const live = kind === "agent" ? configuration.agents() : configuration.documents();
  if (!live.some((entry) => entry.name === name)) throw new UserError("invalid", `There is no ${kind} ${name}.`);
  if (store.configuration.version(kind, name, version) === null)
    throw new UserError("invalid", `There is no version ${version} of the ${kind} ${name}: its page lists them.`);
}

/**
 * Returns the changes for the lessons that the fork is shown. A candidate can be tried before somebody approves it, by
 * people who may approve it, unless it came from outside. Throws UserError.
 */
export function lessonsOf(sources: CommandSources, { lessons }: Asked, role: Role): ForkChange {
  if (lessons === undefined) return { setup: {}, what: [] };
  if (lessons === "without") return { setup: { memory: "without", lessons: null }, what: ["no lessons"] };
  if (lessons === "with") return { setup: { memory: "with", lessons: null }, what: ["the lessons that are found"] };
  const ids = [...new Set(lessons.map((id, index) => about(`lessons.${index}`, () => allowed(sources, id, role))))];
  return { setup: { memory: "with", lessons: ids }, what: [`only ${plural(ids.length, "lesson")}`] };
}

/** Returns the public id of a lesson that a fork may be shown. */
function allowed({ store, security }: CommandSources, id: string, role: Role): string {
  const lesson = lessonOf(store, id);
  const { uid, status, isTainted, advice } = lesson;
  const called = `The lesson “${advice.split("\n", 1)[0]?.slice(0, 60)}”`;
  if (status === "live") return uid;
  if (status === "retired") throw new UserError("invalid", `${called} is retired: restore it on its page first.`);
  if (!may(role, "configure")) throw new UserError("forbidden", refusalOf(role, "configure"));
  if (isTainted)
    throw new UserError(
      "invalid",
      `${called} came from outside content: approve it on its page before a task reads it.`,
    );
  const [fault] = faultsOf(lesson, security.redactor.redact);
  if (fault) throw new UserError("invalid", `${called} cannot be shown. ${FAULT_SENTENCES[fault]}`);
  return uid;
}
