/** Measures a service that runs against the numbers of its requirements. */
import type { Contract, ContractOperation } from "@/core/contract/contract";
import type { MeasuredNumber } from "@/core/shapes/environments/environments";
import type { Measure } from "@/core/specification/specification";
import { drawn, usualCase } from "@/lib/contract/generate/drafts";
import { writingFault, written } from "@/lib/contract/probe/write";
import { MOST_LOADS } from "./check-limits";
import { type LoadRequest, type LoadTimes, loaded, timeAt } from "./load";

export interface WantedNumber {
  /** The id of the requirement, such as `N1`. */
  requirement: string;
  measure: Measure;
}

interface Asking {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** null: it has no document that can be read. */
  contract: Contract | null;
  seconds: number;
}

/** Different requests of one operation, because the same booking twice may be refused. */
const MOST_REQUESTS = 5_000;
/** Requests a second to an operation that writes, when the requirement names no load: then none is sent twice. */
const WRITE_RATE = 100;
/** A connection has one request at a time. One for each request of a second lets answers take up to a second. */
const LEAST_CONNECTIONS = 10;
const MOST_CONNECTIONS = 250;
const MOST_RATE = 5_000;
/** With fewer good answers, their times say nothing about the operation. */
const LEAST_GOOD = 0.5;
/** With a smaller share of the load that the requirement names, nothing shows that its number holds at it. */
const LEAST_SENT = 0.9;

/** `asked`: the load that the requirement names, in requests a second. */
interface Measured extends LoadTimes {
  asked: number | null;
}

/** Resolves with each number and what was measured, in their order. */
export async function measuredNumbers(wanted: readonly WantedNumber[], service: Asking): Promise<MeasuredNumber[]> {
  const loads = new Map<string, Measured | string>();
  const found: MeasuredNumber[] = [];
  for (const { requirement, measure } of wanted) {
    const { is, number, unit } = measure;
    const asked = { requirement, what: measure.what, operation: measure.operation ?? null, is, number, unit };
    const times = readerOf(measure) === null ? OTHER : await timesOf(measure, service, loads);
    const result = typeof times === "string" ? { value: null, why: times } : valueIn(measure, times);
    const holds = result.value === null ? null : isKept(measure, result.value);
    found.push({ ...asked, at: measure.at ?? null, measured: result.value, holds, why: result.why });
  }
  return found;
}

const OTHER = "A check of the service does not show it: watch it where the service runs.";

type Reader = (times: LoadTimes) => number;

/** Returns how a measure is read from times; null: they do not show it. */
function readerOf({ what, unit }: Measure): Reader | null {
  const [, digits] = /^latency_p(50|90|95|99)$/.exec(what) ?? [];
  const perUnit = { ms: 1, s: 1_000 }[unit];
  if (digits !== undefined && perUnit !== undefined) return ({ good }) => timeAt(good, Number(digits) / 100) / perUnit;
  if (what === "error_rate" && unit === "%") return ({ errors, requests }) => share(errors, requests);
  if (what === "throughput" && unit === "requests/s") return ({ good_per_second }) => good_per_second;
  return null;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.round((part / whole) * 10_000) / 100;
}

function valueIn(measure: Measure, times: Measured): { value: number | null; why: string | null } {
  const read = readerOf(measure);
  if (read === null) return { value: null, why: OTHER };
  const { good, requests, asked, sent_per_second } = times;
  if (measure.what !== "error_rate" && good.length < requests * LEAST_GOOD)
    return {
      value: null,
      why: `${requests - good.length} of ${requests} requests had no success, so the times do not show it.`,
    };
  const value = read(times);
  // What does not even hold at a smaller load does not hold at the whole one.
  const isPlain = measure.is === "at_most" && !isKept(measure, value);
  if (asked !== null && sent_per_second < asked * LEAST_SENT && !isPlain)
    return { value: null, why: `Only ${Math.round(sent_per_second)} of ${asked} requests/s could be sent.` };
  return { value, why: null };
}

function isKept({ is, number }: Measure, value: number): boolean {
  if (is === "at_most") return value <= number;
  return is === "at_least" ? value >= number : value === number;
}

/** Resolves with the times of one load, which serves all numbers of the same operation and load, or with why there are none. */
async function timesOf(
  measure: Measure,
  service: Asking,
  loads: Map<string, Measured | string>,
): Promise<Measured | string> {
  const at = measure.what !== "throughput" ? (measure.at ?? "") : isWriting(measure) ? "once" : "";
  const key = `${measure.operation ?? ""} ${at}`;
  const known = loads.get(key);
  if (known !== undefined) return known;
  const times =
    loads.size >= MOST_LOADS ? `A check measures at most ${MOST_LOADS} loads.` : await load(measure, service);
  loads.set(key, times);
  return times;
}

async function load(measure: Measure, { url, headers, contract, seconds }: Asking): Promise<Measured | string> {
  const isThroughput = measure.what === "throughput";
  const asked = isThroughput ? null : rateOf(measure.at);
  if (asked === "unknown") return `Its load, ${measure.at}, is not written like 50 requests/s.`;
  const rate = asked ?? (isThroughput || !isWriting(measure) ? null : WRITE_RATE);
  const isOnce = isThroughput && isWriting(measure);
  const many = rate === null ? MOST_REQUESTS : Math.min(MOST_REQUESTS, Math.ceil(rate * (seconds + 1)));
  const requests = requestsFor(measure, { url, contract, many });
  if (typeof requests === "string") return requests;
  const connections = Math.min(MOST_CONNECTIONS, Math.max(LEAST_CONNECTIONS, Math.ceil(asked ?? 0)));
  try {
    const times = await loaded({ url, headers, connections, seconds, rate, requests, isOnce });
    return times.all.length === 0 ? "The service answered no request." : { ...times, asked };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Without an operation, lists are asked. */
function isWriting({ operation }: Measure): boolean {
  return operation !== undefined && !operation.startsWith("GET ");
}

/** Returns requests a second; null: as many as there can be. */
function rateOf(at: string | undefined): number | null | "unknown" {
  if (at === undefined) return null;
  const [, rate] = /^(\d{1,6}(?:\.\d+)?) ?(?:requests\/s|rps)$/.exec(at.trim()) ?? [];
  const number = Number(rate);
  return rate !== undefined && number >= 1 && number <= MOST_RATE ? number : "unknown";
}

/** Returns requests of the operation that the document allows; of the whole service, those of every operation that reads a list. */
function requestsFor(
  { operation: key }: Measure,
  { url, contract, many }: Pick<Asking, "url" | "contract"> & { many: number },
): LoadRequest[] | string {
  if (contract === null) return "There is no OpenAPI document, which says how the operation is asked.";
  const operations = contract.operations.filter((one) => (key === undefined ? isListing(one) : one.key === key));
  if (operations.length === 0)
    return key === undefined ? "No operation can be asked without knowing an item." : `The document has no ${key}.`;
  const requests: LoadRequest[] = [];
  for (const operation of operations) {
    if (operation.parameters.some((parameter) => parameter.in === "path"))
      return `${operation.key} needs an item, which a new service does not have.`;
    const fault = writingFault(operation);
    if (fault !== null) return `${operation.key} cannot be asked: ${fault}.`;
    requests.push(...drawnRequests(url, contract, operation, many));
  }
  return requests.length === 0 ? "No request could be made of the document." : requests;
}

function isListing({ method, parameters, body }: ContractOperation): boolean {
  const needs = parameters.some(({ in: place, isRequired }) => place === "path" || isRequired);
  return method === "get" && !needs && body === null;
}

function drawnRequests(url: string, contract: Contract, operation: ContractOperation, many: number): LoadRequest[] {
  const { drafts } = usualCase({ contract, operation, given: new Set() });
  // What only reads needs no variety.
  const seeds = Array.from({ length: operation.method === "get" ? 1 : many }, (_, at) => at + 1);
  return seeds.flatMap((seed) => {
    const draft = drawn(drafts, seed);
    const request = draft && written(url, operation, draft, {});
    if (!request) return [];
    const { pathname, search } = new URL(request.url);
    return [
      { method: request.method.toUpperCase(), path: pathname + search, headers: request.headers, body: request.body },
    ];
  });
}
