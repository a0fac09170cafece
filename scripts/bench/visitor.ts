/**
 * A visitor in its own process, which asks for its addresses in turn, one every 10 ms, over one connection as a browser
 * does. A real visitor has another machine, so the time in which this process is ready and gets no processor is left
 * out of the times, and reported separately.
 */
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { HAS_PROC } from "@/lib/process/ps";
import { endWithParent, linesOf, spawnBench } from "./child";

const PAUSE_MS = 10;

interface Visit {
  /** Addresses of one server, asked for in turn. */
  urls: string[];
  cookie?: string;
  /** How often to ask for each. */
  most?: number;
}

/** Of the requests of one address, in milliseconds, in their order. */
export interface Visits {
  /** From the request to the end of its answer. */
  taken: number[];
  /** How long the visitor waited for a processor meanwhile; 0 where the system does not tell. */
  waited: number[];
}

export function startVisitor(order: Visit) {
  const child = spawnBench(["--visit", JSON.stringify(order)]);
  const lines = linesOf(child);
  const begun = lines.next().then(() => {});
  const visits = begun.then(async () => JSON.parse((await lines.next()).value ?? "") as Visits[]);
  return {
    /** Resolves after the first answer. */
    begun,
    /** Of each address; resolves after `most` answers of each, or after a stop. */
    visits,
    stop() {
      child.kill("SIGTERM");
      return visits;
    },
  };
}

/** Runs in its own process: asks until SIGTERM or the given number of times, then prints the times. */
export async function visit(order: string): Promise<void> {
  endWithParent();
  const { urls, cookie, most = Number.MAX_SAFE_INTEGER } = JSON.parse(order) as Visit;
  let isTold = false;
  process.once("SIGTERM", () => {
    isTold = true;
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { "accept-encoding": "gzip", ...(cookie && { cookie }) };
  for (const url of urls) await answered(url, agent, headers);
  console.log("begun");
  const visits: Visits[] = urls.map(() => ({ taken: [], waited: [] }));
  for (let turn = 0; !isTold && turn < most * urls.length; turn += 1) {
    const at = turn % urls.length;
    const before = waitedMs();
    const startedAt = performance.now();
    await answered(urls[at] ?? "", agent, headers);
    const elapsed = performance.now() - startedAt;
    const waited = waitedMs() - before;
    visits[at]?.taken.push(elapsed - waited);
    visits[at]?.waited.push(waited);
    await pause(PAUSE_MS);
  }
  agent.destroy();
  console.log(JSON.stringify(visits));
}

function answered(url: string, agent: Agent, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered with ${response.statusCode}.`));
      response.on("error", reject).on("end", resolve).resume();
    }).on("error", reject);
  });
}

/** Returns how long this process's thread has been ready since its start without a processor to run it. */
function waitedMs(): number {
  if (!HAS_PROC) return 0;
  return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;
}
