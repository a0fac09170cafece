/** A person's further choices for a fork: versions of agents and documents, and lessons. Pure. */
import type { ForkStart } from "@/core/shapes/forks";
import type { Lesson } from "@/core/shapes/memory";
import type { ForkRequest, ForkVersion } from "@/core/shapes/submission";
import { plural } from "@/core/words/figures";

export type ChosenLesson = Pick<Lesson, "id" | "advice" | "status">;

export interface ReplayDraft {
  /** The agent for which the versions were chosen: another one has other documents. */
  agent: string;
  versions: readonly ForkVersion[];
  /** `same`: as in the origin. `only`: those in `chosen`. */
  lessons: "same" | "with" | "without" | "only";
  chosen: readonly ChosenLesson[];
}

export const AS_IN_ORIGIN: ReplayDraft = { agent: "", versions: [], lessons: "same", chosen: [] };

/** Returns the versions that are chosen for the agent and its documents. */
export function chosenVersions(draft: ReplayDraft, agent: string): readonly ForkVersion[] {
  return draft.agent === agent ? draft.versions : [];
}

/** Returns the draft with another version, or with none chosen. */
export function withVersion(
  draft: ReplayDraft,
  agent: string,
  { kind, name }: Pick<ForkVersion, "kind" | "name">,
  version: number | null,
): ReplayDraft {
  const others = chosenVersions(draft, agent).filter((other) => other.kind !== kind || other.name !== name);
  return { ...draft, agent, versions: version === null ? others : [...others, { kind, name, version }] };
}

/** Returns the fields of the request; choices as in the origin have none. */
export function replayChanges(draft: ReplayDraft, agent: string): Pick<ForkRequest, "versions" | "lessons"> {
  const versions = chosenVersions(draft, agent);
  const lessons = draft.lessons === "only" ? draft.chosen.map(({ id }) => id) : draft.lessons;
  return { ...(versions.length > 0 && { versions: [...versions] }), ...(lessons !== "same" && { lessons }) };
}

/** Returns the choices in a few words, for the closed fold; "" without any. */
export function replayText(draft: ReplayDraft, agent: string): string {
  const versions = chosenVersions(draft, agent).map(({ name, version }) => `${name} v${version}`);
  const lessons = {
    same: [],
    with: ["lessons that fit"],
    without: ["no lessons"],
    only: [`only ${plural(draft.chosen.length, "lesson")}`],
  }[draft.lessons];
  return [...versions, ...lessons].join(", ");
}

export interface VersionRow extends Pick<ForkVersion, "kind" | "name"> {
  /** The version that the fork takes over; null: the live one. */
  inTree: number | null;
  /** The version that tasks of a program's tree used. */
  used?: number;
}

/**
 * Returns the entries that have versions to choose from: the agent, then its documents. For a program, such as a goal,
 * these are the agents and documents that tasks of its tree used. `start`: what the fork takes over, null for another
 * agent than the task's; `documents`: those of the live agent.
 */
export function versionRows(agent: string, start: ForkStart | null, documents: readonly string[]): VersionRow[] {
  const taken = (start?.versions ?? []).map(({ kind, name, version }) => ({ kind, name, inTree: version }));
  const isOwn = start === null || taken.some(({ kind, name }) => kind === "agent" && name === agent);
  const more: VersionRow[] = isOwn
    ? [
        { kind: "agent", name: agent, inTree: null },
        ...documents.map((name) => ({ kind: "document" as const, name, inTree: null })),
      ]
    : start.used.map(({ kind, name, version }) => ({ kind, name, inTree: null, used: version }));
  const isNew = ({ kind, name }: VersionRow) => !taken.some((row) => row.kind === kind && row.name === name);
  return [...taken, ...more.filter(isNew)];
}
