/** What `banyan gates --gaps` does: lists code that no test reaches. Nothing is judged. */
import { plural } from "@/core/words/figures";
import type { SandboxOptions } from "@/lib/sandbox/sandbox";
import { type ChangeOptions, readChange } from "./change";
import { type Gap, type Gaps, gapsIn } from "./coverage/gaps";
import { withoutControls } from "./print/words";
import { createRunner } from "./running/runner";
import { withWorkplace } from "./running/workplace";

const MOST_PIECES = 20;

export interface GapOptions extends ChangeOptions {
  folder: string;
  /** Also in files that the change leaves as they are. */
  all: boolean;
  /** See SandboxOptions. */
  sandboxTested?: NonNullable<SandboxOptions["tested"]>;
}

/** Returns why the gaps are not known, as a sentence. Throws a `GatesError` for wrong use. */
export function findGaps({ folder, all, sandboxTested: tested, ...options }: GapOptions): Promise<Gaps | string> {
  const find = async (place: Parameters<typeof readChange>[0]) => {
    const { repository, blobs, dir, sandbox } = place;
    const { change, fromChange } = await readChange(place, options);
    const { settings } = fromChange;
    const { root } = repository;
    const runner = createRunner({ sandbox, blobs, root, dir, settings, onRun: () => undefined });
    return gapsIn({ ...fromChange, change, runner, root, seed: "", part: "whole", say: () => undefined }, { all });
  };
  return withWorkplace(folder, find, tested && { tested });
}

/** Returns lines for a terminal. */
export function gapLines({ percent, gaps, unseen }: Gaps): string[] {
  const total = gaps.reduce((sum, { lines }) => sum + lines.length, 0);
  return [
    ...gaps.map(gapLine),
    ...unseen.map((path) => `${withoutControls(path)}: no test loads it`),
    gaps.length + unseen.length === 0
      ? `No gaps in these files. Coverage: ${percent} % of lines.`
      : `${plural(total, "gap")} in ${plural(gaps.length, "file")}; ${plural(unseen.length, "file")} loaded by no test. Coverage: ${percent} % of lines.`,
  ];
}

/** src/a.ts: 5-7, 12 (2 lines of the change) */
function gapLine({ path, lines, added }: Gap): string {
  const shown = lines.slice(0, MOST_PIECES).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  const more = lines.length - shown.length;
  const own = added === 0 ? "" : ` (${plural(added, "line")} of the change)`;
  return `${withoutControls(path)}: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}${own}`;
}
