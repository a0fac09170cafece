/** A team's own blueprint: Banyan's, with the packages of the team's registry. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PackageRegistry } from "./package-registry";

/** Returns its folder. */
export function houseBlueprint(around: string, { npmrc }: PackageRegistry): string {
  const folder = join(around, "house");
  mkdirSync(join(folder, "files"), { recursive: true });
  writeFileSync(join(folder, "blueprint.yaml"), HOUSE);
  writeFileSync(join(folder, "files", ".npmrc"), npmrc);
  return folder;
}

const HOUSE = `name: house
version: 1
summary: A service as Banyan makes it, with packages from our own registry.
extends: rest-api
`;
