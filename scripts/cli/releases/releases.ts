/** `releases` and `launcher`: what the launcher keeps and runs, and its own installation by a person. */
import { homeFolder, installedLauncher, installLauncher, launcherDigest, tellLauncher } from "@/launcher/home.mjs";
import { readState, type State } from "@/launcher/state.mjs";
import type { Context } from "@/scripts/cli/context/context";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { padTo } from "@/scripts/cli/print/text";

export async function releases(context: Context): Promise<number> {
  const home = homeFolder(context.settings.dataDir, process.env);
  const told = (await tellLauncher(home, { command: "status" })) as (State & { serving: number | null }) | null;
  // A launcher that ends meanwhile answers with nothing.
  const { releases: kept = [], halted = null } = told ?? readState(home);
  const serving = told?.serving ?? null;
  const items = kept.map(({ n, state: is, commit, madeAt, why }) => ({
    ...{ n, state: is, is_serving: n === serving, commit, made_at: madeAt, why },
  }));
  if (context.json) {
    printJson({ home, halted, items });
    return 0;
  }
  if (items.length === 0) {
    print("There are no releases yet: `npm start` makes the first from this checkout.");
    return 0;
  }
  for (const { n, state: is, is_serving, commit, made_at, why } of items) {
    const cells = [
      padTo(`${n}`, 4, "left"),
      padTo(is_serving ? `${is}, serves` : is, 18),
      made_at,
      commit?.slice(0, 10),
    ];
    print([...cells, why].filter(Boolean).join("  "));
  }
  if (halted) print(`Nothing is released: ${halted}.`);
  return 0;
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
