/** Checks a service that runs: generated requests against its document, and load. */
import autocannon from "autocannon";
import type { CheckResult, LoadFigures, WantedLoad } from "@/core/shapes/environments/environments";
import { probe } from "@/lib/contract/probe/probe";
import { readContract } from "@/lib/contract/read";
import type { CheckRequest } from "./run-checks";

const SEED = 1;
const PROBE_MS = 180_000;
const MOST_SHOWN = 20;
const MOST_SHOWN_CHARACTERS = 2_000;
const ANSWER_SECONDS = 10;

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
  const { document, wanted } = request;
  const contract =
    document === null
      ? null
      : await measured("The contract was not checked", () => checkContract(request, document, not_measured));
  const { load } = wanted;
  const loaded = load && (await measured("The load was not measured", () => measureLoad(request, load)));
  return { contract, load: loaded, not_measured };
}

async function checkContract(
  { url, headers, wanted }: CheckRequest,
  text: string,
  not_measured: string[],
): Promise<CheckResult["contract"]> {
  const contract = await readContract(text);
  const { requests } = wanted;
  const report = await probe(contract, { url, headers, requests, seed: SEED, milliseconds: PROBE_MS });
  not_measured.push(...report.notes.map(({ text: note }) => note));
  return {
    operations: report.operations.length,
    requests: report.requests,
    found: report.findings.length,
    findings: report.findings.slice(0, MOST_SHOWN).map((finding) => ({
      text: `${finding.operation}: ${finding.text}`.slice(0, MOST_SHOWN_CHARACTERS),
      show: (finding.steps.at(-1)?.curl ?? "").slice(0, MOST_SHOWN_CHARACTERS),
    })),
  };
}

/** Sends as many requests as so many connections can, one after the other on each. */
async function measureLoad({ url, headers }: CheckRequest, wanted: WantedLoad): Promise<LoadFigures> {
  const times: number[] = [];
  const { path, connections, seconds } = wanted;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: new URL(path, url).href,
        connections,
        duration: seconds,
        timeout: ANSWER_SECONDS,
        headers: { ...headers },
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    );
    run.on("response", (_client, _status, _bytes, ms) => times.push(ms));
  });
  const { requests, errors, non2xx, duration } = result;
  if (times.length === 0) throw new Error("the service answered no request.");
  times.sort((left, right) => left - right);
  const at = (share: number) => rounded(times[Math.ceil(share * times.length) - 1] ?? 0);
  return {
    ...wanted,
    requests: requests.total + errors,
    errors: errors + non2xx,
    requests_per_second: rounded(requests.total / duration),
    ms: { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), most: at(1) },
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
