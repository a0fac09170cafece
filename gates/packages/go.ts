import type { Locked } from "./locked";

const REQUIRED = /^(?:require\s+)?([^\s()]+\.[^\s()]*)\s+(v\d\S*)/;
const REPLACED = /^(?:replace\s+)?(\S+)(?:\s+(v\S+))?\s+=>\s+(\S+)(?:\s+(v\S+))?/;

/** Reads go.mod, which since Go 1.17 names every module of the build in its exact version. */
export function packagesOfGo(text: string): Locked {
  const required = new Map<string, { name: string; version: string }>();
  const replaced = new Map<string, { name: string; version: string } | null>();
  let block = "";
  if (!/^module\s/m.test(text)) throw new Error("no go.mod");
  for (const row of text.split(/\r?\n/)) {
    // Names and versions may be written as strings.
    const line = row
      .replace(/\/\/.*$/, "")
      .replace(/["`]/g, "")
      .trim();
    const opened = /^(\w+)\s*\($/.exec(line)?.[1];
    if (opened !== undefined) block = opened;
    else if (line === ")") block = "";
    else if (block === "replace" || line.startsWith("replace ")) {
      const [, from = "", of = "", name = "", version] = REPLACED.exec(line) ?? [];
      // A folder in its place is code of the repository.
      replaced.set(keyOf(from, of), version === undefined ? null : { name, version });
    } else if (block === "require" || line.startsWith("require ")) {
      const [, name, version] = REQUIRED.exec(line) ?? [];
      if (name !== undefined && version !== undefined) required.set(name, { name, version });
    }
  }
  const used = [...required.values()].flatMap((own) => {
    // That of one version goes before that of all.
    const key = [keyOf(own.name, own.version), keyOf(own.name, "")].find((each) => replaced.has(each));
    return key === undefined ? [own] : (replaced.get(key) ?? []);
  });
  // The vulnerabilities of Go name versions without the letter.
  return { packages: used.map(({ name, version }) => ({ name, version: version.slice(1) })) };
}

/** `version`: the only one that is replaced; "": each. */
function keyOf(name: string, version: string): string {
  return `${name} ${version}`;
}
