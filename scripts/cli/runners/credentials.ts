/** `runner credentials`: keys and users for NATS. It needs no server and no database. */
import { type MadeCredentials, makeCredentials, removeCredentials } from "@/lib/nats/credentials/make";
import type { Arguments } from "@/scripts/cli/commands/act";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

const RESTART =
  "Start each node again, one after another, such as with systemctl restart nats-server. Runners and the server reconnect by themselves, and no call is lost.";

export async function credentials(context: Context, [name = ""]: Arguments, flags: Flags): Promise<number> {
  const { dataDir } = context.settings;
  const cell = textFlag(flags, "cell");
  const pool = textFlag(flags, "pool");
  if (flags.remove === true) {
    if (flags.renew === true || cell !== undefined || pool !== undefined)
      throw new UsageError("--remove goes with neither --renew, --cell nor --pool: leave them out.");
    return remove(context, name);
  }
  const made = makeCredentials({
    dataDir,
    runner: name,
    renew: flags.renew === true,
    ...(cell === undefined ? {} : { cell }),
    ...(pool === undefined ? {} : { pool }),
  });
  if (context.json) printJson(shown(name, made));
  else for (const line of linesOf(name, made)) print(line);
  return 0;
}

function remove(context: Context, name: string): number {
  const removed = removeCredentials(context.settings.dataDir, name);
  if (removed === null)
    throw new UsageError(
      `No runner called ${oneLine(name)} has a key here: look at the names in the folder nats of the data.`,
    );
  const { cell, accountsFile } = removed;
  if (context.json) printJson({ runner: name, cell, state: "removed", accounts_file: accountsFile });
  else {
    print(`Removed the key of the runner ${name}. NATS turns it away after these two steps:`);
    print(`1. Copy ${accountsFile} to each NATS node, in place of the one there.`);
    print(`2. ${RESTART}`);
  }
  return 0;
}

function shown(runner: string, { state, cell, pool, keyFile, accountsFile, serverFile }: MadeCredentials) {
  return { runner, cell, pool, state, key_file: keyFile, accounts_file: accountsFile, server_file: serverFile };
}

function linesOf(name: string, made: MadeCredentials): string[] {
  const { state, cell, keyFile, accountsFile, serverFile } = made;
  if (keyFile === null)
    return [
      poolLine(made),
      `The runner ${name} of the cell ${cell} has a key already, and its file is not here any more: the runner's machine has it.`,
      "If it is lost, make a new key with --renew.",
    ];
  const first = {
    made: `Made a key for the runner ${name} of the cell ${cell}.`,
    renewed: `Made a new key for the runner ${name} of the cell ${cell}. The old one works until step 3.`,
    kept: `The runner ${name} of the cell ${cell} has a key already, and keeps it. The steps again:`,
  }[state];
  return [
    first,
    poolLine(made),
    `1. Move ${keyFile} to the runner's machine, readable only for the account of the runner. Who has this file can act as the runner.`,
    `2. Copy ${accountsFile} to each NATS node, beside its nats-server.conf. For a first node, ${serverFile} is a complete configuration.`,
    `3. ${RESTART}`,
    "See docs/runners.md for TLS and for three nodes.",
  ];
}

function poolLine({ pool }: MadeCredentials): string {
  return pool === null
    ? "The key names no pool, so the runner checks nothing on a pool of checks: name its pool with --pool."
    : `It can enter the pool ${pool} and no other one; another --pool changes this at once, without a new key.`;
}
