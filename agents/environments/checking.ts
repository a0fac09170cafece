/**
 * Checks commits of environments, beside what is done with the environments themselves: a check takes minutes, and
 * nobody who opens an environment waits for it.
 */
import type { CheckResult } from "@/core/shapes/environments/environments";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredProject } from "@/db/projects/projects";
import type { Timers } from "@/lib/time/timers";
import { check } from "./check";
import type { EnvironmentSources } from "./sources";
import { type UntilHalt, untilHalt } from "./until-halt";

const AT_ONCE = 2;

export interface CheckingOptions extends EnvironmentSources {
  /** The folder of the release. */
  program: string;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

export interface Checking {
  /** Checks an environment where somebody asked for it, its files are there and few others are being checked. */
  begin(environment: StoredEnvironment): void;
  /** Ends the check of an environment whose files change. It is done again, unless the environment ends. */
  end(uid: string): Promise<void>;
  /** Returns those that are being checked. */
  uids(): string[];
  /** Resolves when those that are being checked are. */
  all(): Promise<void>;
}

export function createChecking(options: CheckingOptions): Checking {
  const going = new Map<string, { work: Promise<void>; abort: AbortController }>();
  return {
    begin(environment) {
      const { uid, wantedChecks } = environment;
      const mustWait = going.has(uid) || going.size >= AT_ONCE || options.store.halts.current() !== null;
      if (wantedChecks === null || !hasFiles(environment) || mustWait) return;
      const abort = new AbortController();
      const halt = untilHalt(options, abort.signal);
      const work = checkOne(halt, environment, wantedChecks)
        .catch((error: unknown) => options.report("What a check found could not be kept; it is done again.", error))
        .finally(() => {
          halt.end();
          going.delete(uid);
        });
      going.set(uid, { work, abort });
    },
    async end(uid) {
      const mine = going.get(uid);
      mine?.abort.abort(new Error("The files of the environment change."));
      await mine?.work;
    },
    uids: () => [...going.keys()],
    all: async () => void (await Promise.all([...going.values()].map(({ work }) => work))),
  };
}

/** One that failed has nothing to check, which its check says. */
function hasFiles({ state, commit }: StoredEnvironment): boolean {
  if (state === "waiting" || state === "preparing" || state === "ending") return false;
  return state !== "starting" || commit !== null;
}

async function checkOne(
  halt: UntilHalt<CheckingOptions>,
  environment: StoredEnvironment,
  wanted: NonNullable<StoredEnvironment["wantedChecks"]>,
): Promise<void> {
  const { store, now } = halt.sources;
  const project = store.projects.get(environment.project);
  if (project === null) return;
  const found = await checkedOr(halt, environment, project, wanted);
  // It is done again.
  if (halt.signal.aborted) return;
  const { uid, commit } = environment;
  const at = new Date(now()).toISOString();
  await store.environments.keepChecks(uid, { at, by: wanted.by, commit: commit ?? "", ...found });
}

async function checkedOr(
  halt: UntilHalt<CheckingOptions>,
  ...rest: [StoredEnvironment, StoredProject, NonNullable<StoredEnvironment["wantedChecks"]>]
): Promise<CheckResult> {
  try {
    return await check(halt, ...rest);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const sentence = `Nothing was checked: ${halt.sources.security.redactor.redact(why)}`;
    return { contract: null, load: null, numbers: [], not_measured: [sentence] };
  }
}
