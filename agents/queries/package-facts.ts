/** What npm's registry says of the packages that a call which waits for approval installs. */
import { type Queries, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { type NamedPackage, packagesInCall } from "@/core/rules/installs";
import type { PackageFacts, PackagesFacts } from "@/core/shapes/reviews/found";
import type { Store } from "@/db/store";
import { isCovered } from "@/lib/net/host-list";
import { registryOf, type ViewOptions, viewPackage } from "@/lib/npm/view-package";
import type { Ids } from "./ids";
import { askingFor, type OpenCall } from "./open-call";

export interface PackageSources {
  store: Store;
  now(): number;
  configuration: Pick<Configuration, "policy">;
  /** The environment of the server, from which npm gets its settings. */
  environment: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT_MS = 30_000;
const MOST = 10;

/**
 * The name of a package is a text of the agent that leaves the machine with the question, so only a registry is asked that
 * the policy lets tasks reach without asking, and that this call reaches anyway.
 */
export function createPackageQueries(sources: PackageSources, ids: Ids): Pick<Queries, "lookAtPackages"> {
  const ask = askingFor(sources, (call) => factsOfCall(sources, call));
  return { lookAtPackages: async (id) => ask(ids.review(id)) };
}

async function factsOfCall(sources: PackageSources, { input, reaches }: OpenCall): Promise<PackagesFacts> {
  const named = packagesInCall(input);
  if (named.length === 0) throw new UserError("invalid", "The call names no package of npm's registry.");
  const options = { env: sources.environment, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const registry = await registryOf(options).catch(failed);
  const { host } = registry;
  const { hosts, fetchHosts } = sources.configuration.policy();
  if (!isCovered([...hosts, ...fetchHosts], host))
    throw new UserError("conflict", `Banyan may not ask ${host} without asking you, so it did not look.`);
  if (!reaches(host))
    throw new UserError("conflict", `The call does not reach ${host}, so it installs nothing from there.`);
  const asked = named.slice(0, MOST).map((named) => factsOf(named, { ...options, registry }));
  const packages = await Promise.all(asked).catch(failed);
  return {
    host,
    packages,
    left_out: Math.max(0, named.length - MOST),
    looked_at: new Date(sources.now()).toISOString(),
  };
}

async function factsOf({ name, wanted }: NamedPackage, options: ViewOptions): Promise<PackageFacts> {
  const spec = wanted === null ? name : `${name}@${wanted}`;
  return { spec, found: await viewPackage(name, wanted, options) };
}

function failed(error: unknown): never {
  const isLate = error instanceof Error && error.name === "AbortError";
  const why = isLate ? "it did not answer within half a minute" : "npm could not ask it";
  throw new UserError("conflict", `Nothing is known from npm's registry: ${why}.`);
}
