import { parse } from "smol-toml";
import { z } from "zod";
import type { Locked } from "./locked";
import { normalized } from "./python";

const Package = z.object({
  name: z.string(),
  version: z.string().optional(),
  source: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
});
const Lock = z.object({
  version: z.unknown().optional(),
  package: z.array(Package).default([]),
  metadata: z.unknown().optional(),
});

/** Packages of the repository itself have no source in Cargo.lock, and one of these in uv.lock. */
const OWN_SOURCES = ["virtual", "editable", "directory", "workspace"];

/** Reads Cargo.lock, poetry.lock, uv.lock and pdm.lock: all are lists of packages in TOML. */
export function packagesOfToml(text: string): Locked {
  const lock = Lock.parse(parse(text));
  if (lock.version === undefined && lock.metadata === undefined) throw new Error("no lock");
  const isCargo = lock.package.some(({ source }) => typeof source === "string");
  return {
    packages: lock.package.flatMap(({ name, version, source }) => {
      if (version === undefined) return [];
      if (isCargo) return source === undefined ? [] : [{ name, version }];
      const isOwn = typeof source === "object" && OWN_SOURCES.some((key) => Object.hasOwn(source, key));
      return isOwn ? [] : [{ name: normalized(name), version }];
    }),
  };
}
