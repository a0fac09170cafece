/** Promotions in words. */
import type {
  Promotion,
  PromotionContract,
  PromotionState,
  Target,
  WaitingPromotion,
} from "@/core/shapes/environments/promotions";
import { plural } from "@/core/words/figures";
import type { ShownStatus } from "@/core/words/status";

/** Words for a person, and the status whose sign stands beside them. */
export const PROMOTION_WORDS: Record<PromotionState, { word: string; status: ShownStatus }> = {
  preparing: { word: "Is being prepared", status: "running" },
  planning: { word: "Its plan is being made", status: "running" },
  asked: { word: "Waits for an approval", status: "you" },
  deploying: { word: "Is being deployed", status: "running" },
  smoking: { word: "Its smoke test runs", status: "running" },
  taking_back: { word: "The former version is being brought back", status: "running" },
  done: { word: "Done", status: "succeeded" },
  taken_back: { word: "Taken back", status: "failed" },
  failed: { word: "Failed", status: "failed" },
  rejected: { word: "Rejected", status: "stopped" },
};

/** One line: what goes where, and how it stands. */
export function promotionLine({ target, kind, commit, former, state, why }: Promotion): string {
  const version = commit === null ? "the newest commit" : commit.slice(0, 7);
  const what = kind === "rollback" ? `back to ${version}` : version;
  const before = former === null ? "" : ` (before: ${former.slice(0, 7)})`;
  return `${target}: ${what}${before}: ${PROMOTION_WORDS[state].word.toLowerCase()}${why === null ? "" : `. ${why}`}`;
}

/** What a target had before a promotion, inside a sentence. */
export function formerVersion({ former }: Pick<Promotion, "former">): string {
  return former === null ? "what was there before" : `version ${former.slice(0, 7)}`;
}

export function targetLine({ name, commit, perhaps, since, deploy, smoke }: Target): string {
  const version = commit?.slice(0, 7) ?? (perhaps && `unknown, perhaps ${perhaps.slice(0, 7)},`);
  const has = version
    ? `${version} since ${(since ?? "").slice(0, 16).replace("T", " ")} UTC`
    : "nothing of Banyan's yet";
  return `${name}: ${has}; deployed with ${deploy}${smoke === null ? "; no smoke test" : ""}`;
}

/** Returns what a promotion changes for clients of its target, in one sentence; null: there is nothing to compare. */
export function contractSentence(contract: PromotionContract | null, target: string): string | null {
  if (contract === null) return null;
  const { changes, breaking, not_compared } = contract;
  if (not_compared !== null) return `What it changes for clients of ${target} could not be compared: ${not_compared}`;
  if (changes === 0) return `Its OpenAPI document is the one that ${target} has.`;
  const all = `${plural(changes, "difference")} to the OpenAPI document that ${target} has`;
  if (breaking.length === 0) return `${all}, none of which breaks clients.`;
  return `${all}. This breaks clients:`;
}

/** Returns what a person decides, such as "Version 1a2b3c4 of shop to production". */
export function promotionTitle({ project, target, kind, commit }: Omit<WaitingPromotion, "promotion" | "at">): string {
  const version = `${commit === null ? "a version" : `version ${commit.slice(0, 7)}`} of ${project}`;
  return kind === "rollback"
    ? `Back to ${version} at ${target}`
    : `${version[0]?.toUpperCase()}${version.slice(1)} to ${target}`;
}
