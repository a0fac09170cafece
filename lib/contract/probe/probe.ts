/** Sends generated requests to a service, and reports what breaks its document. */
import type { Contract, ContractMethod, ContractOperation } from "@/core/contract/contract";
import type { ProbeReport } from "@/core/contract/findings";
import { tryLifecycle, tryUnknownId } from "./lifecycle";
import { changesState, tryOperation } from "./operation";
import { createProbing, note, type ProbeOptions, type Probing } from "./probing";
import { linksOf } from "./resources";
import { send } from "./send";
import { writingFault } from "./write";

/** What a lifecycle and an unknown id need on average. */
const OWN_REQUESTS = 3;
const FIRST_MS = 10_000;
const FIRST_BYTES = 5_000_000;

/** `message` is one sentence. */
export class ProbeError extends Error {
  override name = "ProbeError";
}

/** Resolves with the report. Throws a ProbeError when nothing answers at the address. */
export async function probe(contract: Contract, options: ProbeOptions): Promise<ProbeReport> {
  await checkReachable(options);
  const probing = createProbing(contract, options);
  const operations = [...contract.operations].sort((left, right) => rankOf(left) - rankOf(right));
  const tried = operations.filter((operation) => {
    const fault = writingFault(operation);
    if (fault !== null)
      note(probing, "not-generated", operation.key, `${operation.key} was not tried, because ${fault}.`);
    return fault === null;
  });
  const weights = tried.map((operation) => weightOf(probing, operation));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, operation] of tried.entries()) {
    if (probing.endsAt.aborted) {
      note(probing, "cut-short", null, "Not everything was tried, because the time is over.");
      break;
    }
    const seed = seedOf(options.seed, index);
    await tryLifecycle(probing, operation, seed);
    await tryUnknownId(probing, operation, seed);
    const share = Math.floor(((options.requests - tried.length * OWN_REQUESTS) * (weights[index] ?? 1)) / whole);
    await tryOperation(probing, operation, Math.max(2, share), seed);
  }
  const tallies = [...probing.tallies.values()];
  return {
    url: options.url,
    seed: options.seed,
    requests: tallies.reduce((sum, { requests }) => sum + requests, 0),
    operations: tallies,
    findings: [...probing.findings.values()],
    notes: [...probing.notes.values()],
  };
}

/** About how many cases a parameter and a body have. Making them to count them would take minutes for large documents. */
const PARAMETER_CASES = 8;
const BODY_CASES = 60;

/** An operation gets requests for its parameters and its body, and for the resources that they need. */
function weightOf({ contract }: Probing, operation: ContractOperation): number {
  const isCostly = linksOf(contract, operation).length > 0 && changesState(operation);
  const cases = 1 + operation.parameters.length * PARAMETER_CASES + (operation.body ? BODY_CASES : 0);
  return isCostly ? cases * 1.5 : cases;
}

/** What makes resources comes first, what removes them last. */
const RANKS: Record<ContractMethod, number> = { post: 0, get: 1, head: 1, options: 1, put: 2, patch: 2, delete: 3 };

function rankOf({ method, path }: ContractOperation): number {
  return RANKS[method] * 100 + path.split("/").length;
}

function seedOf(seed: number, index: number): number {
  return (seed * 7_919 + index * 10_007) % 2_147_483_647;
}

async function checkReachable({ url }: ProbeOptions): Promise<void> {
  const request = { method: "GET", url, headers: {}, body: null };
  const { signal } = new AbortController();
  const sent = await send(request, { milliseconds: FIRST_MS, bytes: FIRST_BYTES, signal });
  if ("problem" in sent && sent.problem === "connection-failed")
    throw new ProbeError(`Nothing answers at ${new URL(url).origin}: start the service first, or check the address.`);
}
