/** `npm run licences`: writes the list of packages that Banyan ships with, and their licences. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LIST, listText, shippedPackages } from "../check/licences";

export function main(): void {
  const root = process.cwd();
  const lock = readFileSync(path.join(root, "package-lock.json"), "utf8");
  writeFileSync(path.join(root, LIST), listText(shippedPackages(root, lock)));
}
