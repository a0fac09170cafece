import "./check-node.mjs";
import { userInfo } from "node:os";
import { homeFolder, tellLauncher } from "../launcher/home.mjs";
import { builtContents, ensureAllBuiltApart } from "./build.mjs";
import { dataFolder, option, ROOT } from "./places.mjs";
import { runEntry, SetupError, say } from "./say.mjs";
import { loadSettings, preferDatabaseIn } from "./settings.mjs";
import { ensureInstalled, privatePlaces } from "./setup.mjs";

/** Tells the caller to start a server, because none runs. */
const NONE_RUNS = 3;

// Lets the server of this data folder hand over to what is built in the checkout. It serves while this builds.
await runEntry(async () => {
  const named = option(process.argv, "--data");
  preferDatabaseIn(named);
  loadSettings();
  const data = dataFolder(named);
  privatePlaces(data);
  const home = homeFolder(data, process.env);
  const running = await tellLauncher(home, { command: "status" });
  if (running === null) process.exit(NONE_RUNS);
  // It would make a release with packages for this Node, run it with its own, and count it as bad.
  if ((running.modules ?? process.versions.modules) !== process.versions.modules)
    throw new SetupError("The server runs with another version of Node: stop it, then start it with this one.");
  await ensureInstalled(ROOT, { meanwhile: ensureAllBuiltApart });
  await ensureAllBuiltApart();
  say("The server finishes its turns, then the new release takes over …");
  const drop = process.argv.includes("--drop-agents");
  const said = await tellLauncher(home, { command: "restart", by: userName(), contents: builtContents(), drop });
  if (said?.problem)
    throw new SetupError(said.hasEnded ? said.problem : `${said.problem} The release before it serves.`);
  say(`Release ${said?.release} serves.`);
});

/** Containers may run under an account that has no name. */
function userName() {
  try {
    return userInfo().username;
  } catch {
    return "command line";
  }
}
