/** What a coding agent says that it changed, as patches that people and agents read. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { cut, type ToolCall } from "@/lib/acp/work";

type Difference = ToolCall["diffs"][number];

export interface Patches {
  /** Returns the patch of everything that a call changed; "" when it changed nothing. */
  of(call: Pick<ToolCall, "diffs">): string;
}

export interface PatchSources {
  /** Returns null for a difference that is too large, or that takes longer than `timeoutMs`. */
  compute(difference: Difference, timeoutMs: number): string | null;
  now(): number;
}

const MOST_CHARACTERS = 4_000;
/** Longer differences are not computed, because the time for them grows with the square of their length. */
const MOST_EDITS = 2_000;
/** The server does nothing else meanwhile, and an agent can report as much as it likes: for one difference, one call, and all. */
const DIFFERENCE_MS = 100;
const CALL_MS = 200;
const ALL_MS = 2_000;

/** Computes each difference once, also when an answer and a log show it too. One for each piece of work. */
export function createPatches(
  { compute, now }: PatchSources = { compute: patchOf, now: () => performance.now() },
): Patches {
  // Contents that are reported anew are another list.
  const known = new WeakMap<ToolCall["diffs"], string>();
  let leftMs = ALL_MS;

  function made(differences: ToolCall["diffs"]): string {
    let ofCallMs = Math.min(CALL_MS, leftMs);
    let text = "";
    for (const difference of differences) {
      // Nobody is shown more.
      if (text.length > MOST_CHARACTERS) break;
      const beganMs = now();
      const patch = ofCallMs > 0 ? compute(difference, Math.min(DIFFERENCE_MS, ofCallMs)) : null;
      const tookMs = now() - beganMs;
      ofCallMs -= tookMs;
      leftMs -= tookMs;
      text += `${text === "" ? "" : "\n"}${patch ?? `${difference.path}: the difference is too large to be shown.`}`;
    }
    return cut(text, MOST_CHARACTERS);
  }

  return {
    of({ diffs }) {
      const text = known.get(diffs) ?? made(diffs);
      known.set(diffs, text);
      return text;
    },
  };
}

function patchOf({ path, before, after }: Difference, timeoutMs: number): string | null {
  const options = { context: 2, headerOptions: FILE_HEADERS_ONLY, maxEditLength: MOST_EDITS, timeout: timeoutMs };
  return createTwoFilesPatch(path, path, before, after, undefined, undefined, options) ?? null;
}
