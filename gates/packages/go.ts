import type { Locked } from "./locked";

const REQUIRED = /^(?:require\s+)?([^\s()]+\.[^\s()]*)\s+(v\d\S*)/;
const REPLACED = /^(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)(?:\s+(v\S+))?/;

/** Reads go.mod, which since Go 1.17 names every module of the build in its exact version. */
export function packagesOfGo(text: string): Locked {
  const required = new Map<string, { name: string; version: string }>();
  const replaced = new Map<string, { name: string; version: string } | null>();
  let block = "";
  if (!/^module\s/m.test(text)) throw new Error("no go.mod");
  for (const row of text.split(/\r?\n/)) {
    const line = row.replace(/\/\/.*$/, "").trim();
    const opened = /^(\w+)\s*\($/.exec(line)?.[1];
    if (opened !== undefined) block = opened;
    else if (line === ")") block = "";
    else if (block === "replace" || line.startsWith("replace ")) {
      const [, from = "", name = "", version] = REPLACED.exec(line) ?? [];
      // A folder in its place is code of the repository.
      replaced.set(from, version === undefined ? null : { name, version });
    } else if (block === "require" || line.startsWith("require ")) {
      const [, name, version] = REQUIRED.exec(line) ?? [];
      if (name !== undefined && version !== undefined) required.set(name, { name, version });
    }
  }
  const used = [...required].flatMap(([name, own]) => replaced.get(name) ?? (replaced.has(name) ? [] : [own]));
  // The vulnerabilities of Go name versions without the letter.
  return { packages: used.map(({ name, version }) => ({ name, version: version.slice(1) })) };
}
