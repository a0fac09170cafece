/** Checks a service that runs: generated requests against its document, and load. */
import type { Contract } from "@/core/contract/contract";
import type { CheckResult, LoadFigures, WantedLoad } from "@/core/shapes/environments/environments";
import { probe } from "@/lib/contract/probe/probe";
import { readContract } from "@/lib/contract/read";
import { parseDocument } from "@/lib/openapi/document";
import { LOAD_SECONDS, PROBE_MS } from "./check-limits";
import { keyHeaders } from "./key-headers";
import { loaded, timeAt } from "./load";
import { measuredNumbers } from "./numbers";
import type { CheckRequest } from "./run-checks";

const SEED = 1;
const MOST_SHOWN = 20;
const MOST_SHOWN_CHARACTERS = 2_000;

const NO_DOCUMENT =
  "The contract was not checked: the commit has no openapi.yaml, openapi.yml or openapi.json at its top.";

/** Where the service is asked, and how it learns that the check may ask. */
interface Asked {
  url: string;
  headers: Readonly<Record<string, string>>;
}

export async function checked(request: CheckRequest): Promise<CheckResult> {
  const not_measured: string[] = [];
  /** Returns null where it throws, and keeps why. */
  const measured = async <Result>(what: string, work: () => Promise<Result>) => {
    try {
      return await work();
    } catch (error) {
      not_measured.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  const { url, document, key, wanted, numbers } = request;
  const read = document === null ? null : await measured("The contract was not checked", () => readContract(document));
  if (document === null) not_measured.push(NO_DOCUMENT);
  const headers = read === null || key === null ? {} : keyHeaders(parseDocument(document ?? ""), key);
  const asked = { url, headers };
  const contract =
    read &&
    (await measured("The contract was not checked", () =>
      checkContract(asked, read, { requests: wanted.requests, not_measured }),
    ));
  const { load } = wanted;
  const figures = load && (await measured("The load was not measured", () => measureLoad(asked, load)));
  const service = { ...asked, contract: read, seconds: load?.seconds ?? LOAD_SECONDS };
  return { contract, load: figures, numbers: await measuredNumbers(numbers, service), not_measured };
}

async function checkContract(
  { url, headers }: Asked,
  contract: Contract,
  { requests, not_measured }: { requests: number; not_measured: string[] },
): Promise<CheckResult["contract"]> {
  const report = await probe(contract, { url, headers, requests, seed: SEED, milliseconds: PROBE_MS });
  not_measured.push(...report.notes.map(({ text: note }) => note));
  return {
    operations: report.operations.length,
    requests: report.requests,
    accepted: report.operations.flatMap(({ operation, accepted }) => (accepted ? [operation] : [])),
    found: report.findings.length,
    findings: report.findings.slice(0, MOST_SHOWN).map((finding) => ({
      text: `${finding.operation}: ${finding.text}`.slice(0, MOST_SHOWN_CHARACTERS),
      show: (finding.steps.at(-1)?.curl ?? "").slice(0, MOST_SHOWN_CHARACTERS),
    })),
  };
}

/** Sends as many requests as so many connections can, one after the other on each. */
async function measureLoad({ url, headers }: Asked, wanted: WantedLoad): Promise<LoadFigures> {
  const { path, connections, seconds } = wanted;
  const address = new URL(path, url).href;
  const times = await loaded({ url: address, headers, connections, seconds, rate: null, requests: [] });
  const { all, requests, errors, requests_per_second } = times;
  if (all.length === 0) throw new Error("the service answered no request.");
  const at = (share: number) => timeAt(all, share);
  return {
    ...wanted,
    requests,
    errors,
    requests_per_second,
    ms: { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), most: at(1) },
  };
}
