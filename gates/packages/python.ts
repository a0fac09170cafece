import { z } from "zod";
import type { Locked } from "./locked";

/** name[extra]==1.0.0 ; marker --hash=… */
const PINNED = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([^\s;,*#]+)\s*(?:$|[;#\s])/;
const NAMED = /^[A-Za-z0-9][\w.-]*\s*(?:\[|[<>=!~;@#]|$|\s)/;

/** From an address, which may hold any version. */
const ADDRESSED = /^(?:(?:-e|--editable)[\s=]+)?[a-z][a-z0-9+.-]*:\/\//i;

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
      if (NAMED.test(line) || ADDRESSED.test(line)) loose += 1;
      return [];
    });
  return { packages, loose };
}

const Group = z.record(z.string(), z.object({ version: z.string().optional() }));
/** Beside `default` and `develop` a project may name groups of its own. */
const Pipfile = z.object({ _meta: z.unknown() }).catchall(Group);

export function packagesOfPipfile(text: string): Locked {
  const { _meta, ...groups } = Pipfile.parse(JSON.parse(text));
  return {
    packages: Object.values(groups)
      .flatMap((group) => Object.entries(group))
      .flatMap(([name, { version = "" }]) => {
        return version.startsWith("==") ? [{ name: normalized(name), version: version.slice(2) }] : [];
      }),
  };
}

/** Names that differ only in case or in their separators are one package. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
