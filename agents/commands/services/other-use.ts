/**
 * Secrets were given to what runs now: whoever chooses what else runs with them could make it show them. Each door by which
 * it is chosen asks here.
 */
import { isDeepStrictEqual } from "node:util";
import { type Actor, UserError } from "@/agents/application";
import { may } from "@/core/rules/roles";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredProject } from "@/db/projects/projects";
import type { Store } from "@/db/store";

type ByVariable = Record<string, string>;

/** Throws UserError where an environment would run something else with what the actor did not send. */
export function refuseOtherUse(
  known: StoredEnvironment,
  given: { variables?: ByVariable | undefined; secrets?: ByVariable | undefined },
  wanted: Pick<StoredEnvironment, "branch" | "command" | "variables">,
  { role }: Actor,
): void {
  if (may(role, "administer")) return;
  const isOther = known.branch !== wanted.branch || known.command !== wanted.command;
  const keeps = (kind: "variables" | "secrets") => given[kind] === undefined && hasAny(known[kind]);
  if (keeps("secrets") && (isOther || !isDeepStrictEqual(known.variables, wanted.variables)))
    throw new UserError(
      "forbidden",
      `${known.name} has secrets, so only an admin changes its branch, command and variables: leave these as they are, or choose another name.`,
    );
  // Whoever sends all variables knows their values.
  if (keeps("variables") && isOther)
    throw new UserError(
      "forbidden",
      `${known.name} has variables, which another branch or command could show: send all of them again, leave both as they are, or choose another name.`,
    );
}

/** Throws UserError where an environment or a target would run something else, because its project says so. */
export function refuseOtherUseOfProject(
  { environments, promotions }: Pick<Store, "environments" | "promotions">,
  { name, branch, setup, service }: StoredProject,
  given: Partial<Record<"branch" | "setup" | "start", string | null | undefined>>,
  { role }: Actor,
): void {
  if (may(role, "administer")) return;
  const holding = environments.all().filter(({ project, secrets }) => project === name && hasAny(secrets));
  const target = promotions.targets(name).find((one) => hasAny(one.secrets) || hasAny(one.plan_secrets));
  const isChanged = (sent: string | null | undefined, now: string | null) =>
    sent !== undefined && (sent?.trim() || null) !== now;
  const refuse = (what: string, holder: { name: string } | undefined) => {
    if (holder === undefined) return;
    throw new UserError(
      "forbidden",
      `${holder.name} has secrets, so only an admin changes the ${what} of ${name}: leave it as it is, or ask an admin.`,
    );
  };
  const withoutOwn = (setting: "branch" | "command") => holding.find((one) => one[setting] === null);
  if (isChanged(given.branch, branch)) refuse("branch", withoutOwn("branch"));
  if (isChanged(given.start, service.start ?? null)) refuse("command that starts the service", withoutOwn("command"));
  // It writes the files from which everything starts.
  if (isChanged(given.setup, setup)) refuse("setup command", holding[0] ?? target);
}

function hasAny(given: ByVariable): boolean {
  return Object.keys(given).length > 0;
}
