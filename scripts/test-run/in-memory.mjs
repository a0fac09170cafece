import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** At most this much is in the folder for temporary files at one time; the gates allow the same. */
const TMP_MB = 4096;
/** With less than twice this free, the machine needs its memory for the tests themselves. */
const LEAST_FREE_MB = 2 * TMP_MB;

/**
 * Returns how to run a program with a folder for temporary files in memory: tests make databases and repositories there, and
 * otherwise wait for the disk again and again. Only the program and what it starts see the folder. Without root, or without
 * enough free memory, the program runs as it is. So it does in a checkout below the folder, which the mount would hide.
 * @param {string} file @param {string[]} args
 * @param {{ freeMb?: () => number, canMount?: () => boolean, cwd?: string }} [machine]
 * @returns {{ file: string, args: string[] }}
 */
export function withTmpInMemory(
  file,
  args,
  { freeMb = freeMbHere, canMount = canMountHere, cwd = process.cwd() } = {},
) {
  if (isBelowTmp(cwd) || freeMb() < LEAST_FREE_MB || !canMount()) return { file, args };
  return inOwnMounts([file, ...args]);
}

/** @param {string} folder */
function isBelowTmp(folder) {
  return !path.relative(realpathSync(tmpdir()), realpathSync(folder)).startsWith("..");
}

/** `$0` is the folder that is mounted. @param {string[]} command */
function inOwnMounts(command) {
  const script = `mount -t tmpfs -o size=${TMP_MB}m,mode=1777 banyan "$0" && exec "$@"`;
  const args = ["--mount", "--propagation", "private", "--", "/bin/sh", "-c", script, tmpdir(), ...command];
  return { file: "unshare", args };
}

function freeMbHere() {
  try {
    return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    // Not Linux.
    return 0;
  }
}

/** Root in a container often may not mount, so this tries it. */
function canMountHere() {
  const { file, args } = inOwnMounts(["true"]);
  return process.getuid?.() === 0 && spawnSync(file, args).status === 0;
}
