/**
 * The review agent's looks at what agents flag for review: one look for the flags of a tree that wait, one look at a
 * time. The next step follows from rows, so after a kill the next check continues.
 */
import { z } from "zod";
import { jsonIn } from "@/core/programs/json";
import type { FlagLooksState } from "@/core/shapes/improving/improvement";
import { FLAG_REVIEWER, type FlagLook, type FlagLookEnd, type WaitingFlag } from "@/db/improvement/flag-looks";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { type ModelSources, modelOf } from "./look";
import { type FlagLookSources, openFlagLook } from "./open-flag-look";

const CHECK_MS = 3_000;
const MOST_FLAGS_A_LOOK = 10;
/** A flag that had to wait longer, because there was no model or the cap was reached, gets no look. */
const WAIT_MS = 24 * 3_600_000;
/** The tokens that one look may cost. */
const TOKENS_A_FLAG_LOOK = 150_000;

export interface FlagWatchOptions extends FlagLookSources {
  store: FlagLookSources["store"] & Pick<Store, "supervision">;
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

export interface FlagStateSources extends ModelSources {
  store: Pick<Store, "supervision">;
  /** Tokens that looks at flags may use per day; 0 switches them off. */
  tokensPerDay: number;
  now(): number;
}

export function startFlagWatch(options: FlagWatchOptions): Checks {
  return startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    check: () => checkNow(options),
    failed: (error) => options.report("The review agent could not look at the flags.", error),
  });
}

/** Returns whether a flag starts a look now, and what looks at flags have used today. */
export function flagLooksNow(sources: FlagStateSources): FlagLooksState {
  const { store, tokensPerDay, now } = sources;
  const { spent, reserved } = store.supervision.tokensToday(FLAG_REVIEWER, now());
  const tokens = spent + reserved;
  const figures = { tokens_today: tokens, tokens_per_day: tokensPerDay };
  if (tokensPerDay === 0) return { why_none: "off", ...figures };
  if (modelOf(sources) === null) return { why_none: "no_model", ...figures };
  return { why_none: tokens + TOKENS_A_FLAG_LOOK > tokensPerDay ? "cap" : null, ...figures };
}

async function checkNow(options: FlagWatchOptions): Promise<void> {
  const { store, now } = options;
  if (!options.leads()) return;
  const current = store.flagLooks.current();
  if (current) return goOn(options, current);
  if (flagLooksNow(options).why_none !== null) return;
  const { about, flags } = store.flagLooks.waiting(now() - WAIT_MS, MOST_FLAGS_A_LOOK);
  if (flags.length === 0) return;
  const look = { tree: newId(), about, reviews: flags.map(({ review }) => review) };
  if (await store.flagLooks.begin(look)) await goOn(options, { ...look, isOpened: false });
}

async function goOn(options: FlagWatchOptions, look: FlagLook): Promise<void> {
  const { flagLooks } = options.store;
  if (!look.isOpened) {
    const opened = await openFlagLook(options, look, TOKENS_A_FLAG_LOOK);
    if (opened === "nothing") return flagLooks.tell(look.tree, new Map());
    if (opened === "waits") return;
  }
  const end = flagLooks.endOf(look.tree);
  if (end.status === "open") return;
  const texts = flagLooks.flagsOf(look.tree).map((flag) => [flag.review, foundText(look, flag, end)] as const);
  await flagLooks.tell(look.tree, new Map(texts));
}

const finding = z.object({ flag: z.string(), found: z.string(), advice: z.string().nullish() });
const findings = z.object({ flags: z.array(finding) });

/** Returns what a person reads beside the flag. */
function foundText({ tree }: FlagLook, { review }: WaitingFlag, end: FlagLookEnd): string {
  if (end.status === "open" || end.status === "gone") return "The tree in which the review agent looked was deleted.";
  const result = end.result?.trim() ?? "";
  if (end.status !== "succeeded")
    return `The review agent looked in tree ${tree} and found nothing: it ${end.status}. ${result}`;
  const found = readFindings(result)?.flags.find(({ flag }) => flag === review);
  if (!found) return `The review agent looked in tree ${tree}: ${result || "it gave no result."}`;
  const advice = found.advice?.trim() ? ` Advice: ${found.advice.trim()}` : "";
  return `${found.found.trim()}${advice} (Looked in tree ${tree}.)`;
}

function readFindings(result: string): z.output<typeof findings> | null {
  return findings.safeParse(jsonIn(result)).data ?? null;
}
