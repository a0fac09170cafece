/** `releases` and `launcher`: the releases that the launcher keeps and runs, and its own installation by a person. */
import { userInfo } from "node:os";
import { withoutDisguise } from "@/core/words/visible";
import {
  heldOutFolder,
  heldOutTests,
  homeFolder,
  installedLauncher,
  installLauncher,
  launcherDigest,
  tellLauncher,
} from "@/launcher/home.mjs";
import { readState, type State } from "@/launcher/state.mjs";
import { isPackaged } from "@/lib/places";
import type { Context } from "@/scripts/cli/context/context";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";

export async function releases(context: Context, [verb, number]: (string | undefined)[]): Promise<number> {
  if (verb === undefined) return list(context);
  if (verb === "confirm") return ask(context, { command: "confirm", n: numberOf(number) });
  if (verb === "back") return ask(context, { command: "back", n: numberOf(number) });
  if (verb === "resume") return ask(context, { command: "resume" });
  throw new UsageError(
    `Unknown verb "${verb}": use \`banyan releases\`, and \`confirm N\`, \`back N\` or \`resume\` after it.`,
  );
}

async function list(context: Context): Promise<number> {
  const home = homeFolder(context.settings.dataDir, process.env);
  const told = (await tellLauncher(home, { command: "status" })) as Partial<State & { serving: number | null }> | null;
  // A launcher that ends meanwhile reports no release.
  const { releases: kept, halted } = told?.releases ? (told as State) : readState(home);
  const serving = told?.serving ?? null;
  const items = kept.map(({ n, state: is, commit, title, about, madeAt, why, waits, proposal }) => ({
    n,
    state: is,
    is_serving: n === serving,
    commit,
    title,
    about,
    made_at: madeAt,
    why,
    waits,
    item: proposal?.item ?? null,
    approved_by: proposal?.by ?? null,
    confirmed_by: proposal?.confirmedBy ?? null,
    carried_from: proposal?.carried?.from ?? null,
  }));
  if (context.json) {
    printJson({ home, halted, items });
    return 0;
  }
  if (items.length === 0) {
    print(
      isPackaged()
        ? "An installed package has no releases: `npx banyan upgrade FILE` replaces it."
        : "There are no releases yet: `npm start` makes the first from this checkout.",
    );
    return 0;
  }
  for (const item of items) for (const line of releaseLines(item)) print(line);
  if (halted) print(`Nothing is released: ${halted}`);
  const held = heldOutTests(home);
  if (held.length > 0)
    print(`Held out from agents: ${held.length} ${held.length === 1 ? "test" : "tests"} in ${heldOutFolder(home)}`);
  return 0;
}

interface ListedRelease {
  n: number;
  state: string;
  is_serving: boolean;
  commit: string | null;
  title: string | null;
  about: string | null;
  made_at: string;
  why: string | null;
  waits: string | null;
  item: string | null;
  approved_by: string | null;
  confirmed_by: string | null;
  /** The approved commit that this one replaces. */
  carried_from: string | null;
}

/** Returns a line that names the release, and lines below it: its outcome, and for agents' releases the reason and who approved it. */
function releaseLines(release: ListedRelease): string[] {
  const { n, state, is_serving, commit, made_at, title } = release;
  const { item, about, why, waits, approved_by: by, confirmed_by: confirmed } = release;
  const cells = [
    padTo(`${n}`, 4, "left"),
    padTo(is_serving ? `${state}, serves` : state, 18),
    padTo(item === null ? "a person" : "agents", 8),
    made_at,
    commit?.slice(0, 10),
    title && seen(title),
  ];
  const carried = release.carried_from && `, carried over from ${release.carried_from.slice(0, 10)}`;
  const approved = by && `Approved by ${seen(by)} in review item ${item}${carried ?? ""}`;
  const below = [
    why ?? waits,
    about && `Why: ${seen(about)}`,
    approved && `${approved}${confirmed ? `, confirmed by ${seen(confirmed)}` : ""}.`,
  ];
  return [cells.filter(Boolean).join("  "), ...below.filter(Boolean).map((line) => `      ${line}`)];
}

/** An agent writes the title and the reason. */
const seen = (text: string) => oneLine(withoutDisguise(text));

function numberOf(given: string | undefined): number {
  if (given !== undefined && /^[1-9]\d*$/.test(given)) return Number(given);
  throw new UsageError("Name a release by its number: `banyan releases` lists them.");
}

/** Only possible on the machine: the launcher listens on a socket that no agent sees. */
async function ask(context: Context, command: Record<string, unknown>): Promise<number> {
  const home = homeFolder(context.settings.dataDir, process.env);
  const said = await tellLauncher(home, { ...command, by: userName() });
  if (said === null)
    throw new UsageError(
      isPackaged()
        ? "An installed package runs without a launcher: to have releases, run Banyan from a clone (docs/releases.md)."
        : "No launcher runs for this data folder: start the server with `npm start`.",
    );
  if (typeof said.problem === "string") throw new UsageError(said.problem);
  if (context.json) printJson(said);
  else print(String(said.sentence));
  return 0;
}

/** Containers may run under an account that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "command line";
  }
}

export async function launcher(context: Context, [verb]: (string | undefined)[]): Promise<number> {
  if (verb !== "install") throw new UsageError(`Unknown verb "${verb}": use \`banyan launcher install\`.`);
  const home = homeFolder(context.settings.dataDir, process.env);
  const before = installedLauncher(home);
  const wanted = launcherDigest(context.checkout);
  if (before !== wanted) installLauncher(home, context.checkout);
  const sentence =
    before === wanted
      ? `The launcher in ${home} is already the one of this checkout.`
      : `Installed the launcher ${wanted} in ${home}: the next start of the server uses it.`;
  if (context.json) printJson({ sentence, before, installed: wanted });
  else print(sentence);
  return 0;
}
