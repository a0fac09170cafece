/** Whether a new tree works on runners, and is checked there. */
import { wrongField } from "@/agents/application";
import { SELF_URL } from "@/core/shapes/improving/self";
import type { Submission } from "@/core/shapes/submission";
import type { RunnerSettings } from "@/lib/env/runners";
import { isName } from "@/lib/nats/names";

/**
 * Returns the pool of a new tree; null: it works on the server's machine. `isService`: its goal makes or changes a service.
 * Throws UserError for a pool that it cannot have.
 */
export function poolFor(settings: RunnerSettings, submission: Submission, isService: boolean): string | null {
  const { pool } = submission;
  const { pool: usual } = settings;
  if (pool === undefined) return usual === null || whyNot(submission, isService) !== null ? null : usual;
  if (pool === null) return null;
  refuseWrong("pool", pool, settings);
  const why = whyNot(submission, isService);
  if (why !== null) throw wrongField("pool", `${why}: choose this server, or leave the pool out.`);
  return pool;
}

/**
 * Returns the pool on which a new tree is checked; null: it is checked where it works. Its rooms are made of snapshots, so
 * it may work in a person's own folder. Throws UserError for a pool that it cannot have.
 */
export function checksPoolFor(settings: RunnerSettings, submission: Submission, isService: boolean): string | null {
  const { checks_pool: pool } = submission;
  if (pool === undefined) return null;
  refuseWrong("checks_pool", pool, settings);
  const why = whyOnlyHere(submission, isService);
  if (why !== null) throw wrongField("checks_pool", `${why}: leave the pool for checks out.`);
  return pool;
}

function refuseWrong(field: "pool" | "checks_pool", pool: string, { nats }: RunnerSettings): void {
  if (!isName(pool))
    throw wrongField(field, 'The name of a pool has small letters, digits and "-", at most 40 characters.');
  if (nats.length === 0) throw wrongField(field, "This server has no runners: set BANYAN_NATS, or leave the pool out.");
}

/** Returns why the tree has to work on the server's machine, as the beginning of a sentence; null: it has not. */
function whyNot(submission: Submission, isService: boolean): string | null {
  const { workspace, copy } = submission;
  if (workspace && !copy) return "A person's own folder is on the server's machine, so no runner works in it";
  return whyOnlyHere(submission, isService);
}

function whyOnlyHere({ repository }: Submission, isService: boolean): string | null {
  if (isService) return "A service is made from the server's blueprints, so no runner makes it";
  if (repository?.url.startsWith(SELF_URL)) return "Banyan's own source is changed on the server's machine";
  return null;
}
