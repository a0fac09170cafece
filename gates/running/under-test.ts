/**
 * Shows a second tree to a command: the candidate, which the tests in the first tree start and try from outside. The
 * program `apart` starts it in namespaces of its own, in which neither the tests nor their processes can be seen.
 */
import fs from "node:fs";
import path from "node:path";
import type { CommandResult, CommandRun } from "@/gates/model/gate";
import type { Settings } from "@/gates/model/settings";
import type { Blobs, FileTree } from "@/gates/model/tree";
import type { SandboxPort } from "@/lib/sandbox/port";
import { SANDBOX_ROOT } from "@/lib/workspace/path";
import { giveToCommands, makeFolder, writeTree } from "./copy";
import { showPackages } from "./packages";

export interface RunnerOptions {
  sandbox: SandboxPort;
  blobs: Blobs;
  /** The folder whose installed packages the commands see. */
  root: string;
  /** A folder of the run for the copies. */
  dir: string;
  settings: Pick<Settings, "packages" | "packages_as" | "limits">;
  /** Called with each finished run, for the evidence. */
  onRun(run: CommandRun, result: CommandResult): void;
}

const CANDIDATE = "/srv/app";
const APART = "/opt/banyan-gates/apart";

/**
 * Bubblewrap passes no signal on, so the script does. It ends with its command, and when it is killed, everything that
 * it started ends.
 */
const SCRIPT = `#!/bin/bash
unset BANYAN_UNDER_TEST BANYAN_APART
for name in \${!VITEST*} \${!JEST*} \${!NODE_TEST*} \${!PLAYWRIGHT*} \${!TEST_*}; do unset "$name"; done
children() { cat /proc/$1/task/*/children 2>/dev/null; }
pass() { for first in $(children $wall); do for program in $(children $first); do kill -$1 $program; done; done; }
for signal in TERM INT HUP QUIT USR1 USR2; do trap "pass $signal" $signal; done
at=$PWD; case $at in ${SANDBOX_ROOT}|${SANDBOX_ROOT}/*) at=${CANDIDATE};; esac
exec 3<&0
bwrap --unshare-user --unshare-pid --unshare-ipc --die-with-parent --dev-bind / / --proc /proc \\
  --tmpfs ${SANDBOX_ROOT} --remount-ro ${SANDBOX_ROOT} --tmpfs ${path.dirname(APART)} --chdir "$at" -- "$@" <&3 3<&- &
wall=$!
exec 3<&-
wait $wall; status=$?
while kill -0 $wall 2>/dev/null; do wait $wall; status=$?; done
exit $status
`;

/** `folder` is that of the first tree. Removing it and `baseFolderOf(folder)` removes everything. */
export function showUnderTest(options: RunnerOptions, tree: FileTree, folder: string) {
  const baseFolder = baseFolderOf(folder);
  const [app, apart] = [path.join(baseFolder, "app"), path.join(baseFolder, "apart")];
  makeFolder(baseFolder);
  writeTree(app, tree, options.blobs);
  fs.writeFileSync(apart, SCRIPT, { mode: 0o755 });
  giveToCommands(apart);
  return {
    writable: [{ source: app, at: CANDIDATE }],
    readOnly: [...showPackages(options, tree, app, CANDIDATE), { source: apart, at: APART }],
    env: { BANYAN_UNDER_TEST: CANDIDATE, BANYAN_APART: APART },
  };
}

export function baseFolderOf(folder: string): string {
  return `${folder}-under-test`;
}
