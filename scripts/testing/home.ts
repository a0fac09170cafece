/** The folder of a launcher, for tests that run releases. */
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { depsNamed } from "@/launcher/releases.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Makes it with a link to the packages of this checkout, instead of a copy of a gigabyte. */
export function makeHome(home: string, checkout: string): void {
  mkdirSync(path.join(home, "deps"), { recursive: true });
  symlinkSync(ROOT, path.join(home, "deps", depsNamed(checkout)));
}
