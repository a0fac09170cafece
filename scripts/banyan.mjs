#!/usr/bin/env node
import "./check-node.mjs";

// Modules that may be broken in a checkout, for example by a merge, are loaded where an error becomes a sentence.
try {
  const { runCommandLine } = await import("./command-line.mjs");
  await runCommandLine(process.argv.slice(2));
} catch (error) {
  const fault = error instanceof Error ? error.message : error;
  console.error(
    `The scripts of this checkout do not run (${fault}): mend them, or use the program \`banyan\` in the launcher's folder (BANYAN_HOME, else ~/.local/state/banyan/*), which needs no checkout.`,
  );
  process.exitCode = 2;
}
