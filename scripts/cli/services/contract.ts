/** `service contract`: whether a service keeps to its document, and what changed in it. It needs no database and no server. */
import { compareContracts } from "@/core/contract/compare";
import { ContractTooLargeError } from "@/core/contract/compare-schemas";
import type { Contract } from "@/core/contract/contract";
import type { ProbeReport } from "@/core/contract/findings";
import { type ContractReport, reportOf } from "@/core/contract/report";
import { ProbeError, probe } from "@/lib/contract/probe/probe";
import type { Arguments } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { needsReader } from "@/scripts/cli/context/interrupt";
import { paint, print, printJson, UsageError } from "@/scripts/cli/print/output";
import { contractIn } from "./document";
import { reportLines } from "./report-lines";

const MOST_REQUESTS = 100_000;
const MOST_SECONDS = 3_600;

export async function contract(context: Context, [file = ""]: Arguments, flags: Flags): Promise<number> {
  const [url, older] = [textFlag(flags, "url"), textFlag(flags, "against")];
  if (url === undefined && older === undefined)
    throw new UsageError("Give the address of a service with --url, or an older document with --against.");
  needsReader();
  const document = await contractIn(context, file);
  const against = older === undefined ? null : compared(await contractIn(context, older), document);
  const found = url === undefined ? null : await probed(document, url, flags);
  const report: ContractReport = reportOf({ contract: document, against, probe: found });
  if (context.json) printJson(report);
  else for (const line of reportLines(report, paint)) print(line);
  return report.outcome === "holds" ? 0 : 1;
}

function compared(older: Contract, newer: Contract) {
  try {
    return { older, changes: compareContracts(older, newer) };
  } catch (error) {
    if (error instanceof ContractTooLargeError) throw new UsageError(error.message);
    throw error;
  }
}

async function probed(document: Contract, url: string, flags: Flags): Promise<ProbeReport> {
  const requests = numberFlag(flags, "requests", { whole: true, least: 1, most: MOST_REQUESTS }) ?? 1_000;
  const seed = numberFlag(flags, "seed", { whole: true, least: 0, most: 2_147_483_647, orZero: true }) ?? 1;
  const seconds = numberFlag(flags, "seconds", { least: 1, most: MOST_SECONDS }) ?? 300;
  try {
    return await probe(document, {
      url: addressIn(url),
      requests,
      seed,
      headers: headersIn(flags.header),
      milliseconds: seconds * 1_000,
    });
  } catch (error) {
    if (error instanceof ProbeError) throw new UsageError(error.message);
    throw error;
  }
}

function addressIn(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new UsageError(`--url cannot be "${given}": start it with http:// or https://.`);
  if (url.username || url.password) throw new UsageError("--url must not contain a password: give a --header instead.");
  return url.origin + url.pathname.replace(/\/$/, "");
}

const LINE = /^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):[ \t]*([\t\x20-\x7e]*)$/;

function headersIn(given: Flags[string]): Record<string, string> {
  const lines = Array.isArray(given) ? (given as readonly string[]) : [];
  return Object.fromEntries(
    lines.map((line): [string, string] => {
      const [, name, value] = LINE.exec(line) ?? [];
      // The line may hold a secret, so it is not repeated.
      if (name === undefined || value === undefined)
        throw new UsageError('A --header is written "Name: value", on one line.');
      return [name.toLowerCase(), value];
    }),
  );
}
