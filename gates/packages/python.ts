import { z } from "zod";
import type { Locked } from "./locked";

/** name[extra]==1.0.0 ; marker --hash=… */
const PINNED = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([^\s;,*#]+)\s*(?:$|[;#\s])/;
const NAMED = /^[A-Za-z0-9][\w.-]*\s*(?:\[|[<>=!~;@#]|$|\s)/;

/** Reads requirements of pip: only exact versions can be looked up. */
export function packagesOfRequirements(text: string): Locked {
  let loose = 0;
  const packages = text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .flatMap((row) => {
      const line = row.trim();
      const [, name, version] = PINNED.exec(line) ?? [];
      if (name !== undefined && version !== undefined) return [{ name: normalized(name), version }];
      if (NAMED.test(line)) loose += 1;
      return [];
    });
  return { packages, loose };
}

const Group = z.record(z.string(), z.object({ version: z.string().optional() })).default({});
const Pipfile = z.object({ _meta: z.unknown(), default: Group, develop: Group });

export function packagesOfPipfile(text: string): Locked {
  const { default: plain, develop } = Pipfile.parse(JSON.parse(text));
  return {
    packages: [...Object.entries(plain), ...Object.entries(develop)].flatMap(([name, { version = "" }]) => {
      return version.startsWith("==") ? [{ name: normalized(name), version: version.slice(2) }] : [];
    }),
  };
}

/** Names that differ only in case or in their separators are one package. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
