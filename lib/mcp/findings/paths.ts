/** Findings about folders and files that an entry names, and that the sandbox would not show or this machine lacks. */
import path from "node:path";
import type { Entry } from "@/lib/mcp/config/config";
import { absolutePathIn } from "@/lib/mcp/transport/launch";
import type { Fault, Finding, Mend, Place } from "./finding";
import type { Machine } from "./machine";

/** Folders that the sandbox has in its own way. */
const OF_THE_SANDBOX = ["/usr", "/workspace", "/dev", "/proc", "/home/agent"];
const WINDOWS = /^(--?[\w-]+=)?[A-Za-z]:[\\/]/;
const HOME = /^(--?[\w-]+=)?~(?=\/|$)/;
/** The beginnings of paths in examples, which no person has. */
const OF_EXAMPLES = /^\/(path\/to|Users|absolute\/path|your)\b/;

export function pathFindings(entry: Entry, machine: Machine): Finding[] {
  const seen = new Set(Object.keys(entry.folders ?? {}).map((folder) => path.normalize(folder)));
  for (const folder of [...entry.args.flatMap(absolutePathIn), entry.cwd ?? ""])
    if (machine.kindOf(folder) === "folder") seen.add(folder);
  const look = { entry, machine, seen: [...seen] };
  const named = Object.keys(entry.folders ?? {}).map((given): [Place, string] => [{ in: "folders" }, given]);
  if (entry.cwd) named.push([{ in: "cwd" }, entry.cwd]);
  return [
    ...entry.args.flatMap((text, index) => ofText(look, { in: "args", index }, text)),
    ...Object.entries(entry.env).flatMap(([name, text]) => ofText(look, { in: "env", name }, text)),
    ...named.flatMap(([place, given]) => shownFinding(look, place, given)),
  ];
}

interface Look {
  entry: Entry;
  machine: Machine;
  /** Folders that the sandbox shows. */
  seen: readonly string[];
}

function ofText(look: Look, place: Place, text: string): Finding[] {
  if (WINDOWS.test(text)) return [{ fault: { code: "windows_path", place, text }, mends: [] }];
  if (HOME.test(text)) return [homeFinding(look, place, text)];
  const [given] = place.in === "args" ? absolutePathIn(text) : path.isAbsolute(text) ? [path.normalize(text)] : [];
  if (given === undefined || OF_THE_SANDBOX.some((folder) => isBelow(given, folder))) return [];
  const kind = look.machine.kindOf(given);
  if (place.in === "args" && kind !== null) return refusedFinding(look, place, given, kind);
  if (kind === null) return missingFinding(look, place, given);
  if (look.seen.some((folder) => isBelow(given, folder))) return [];
  const refused = refusedFinding(look, place, given, kind);
  if (refused.length > 0) return refused;
  const read = showing(look.entry, place, given, "read");
  const write = showing(look.entry, place, kind === "file" ? path.dirname(given) : given, "write");
  return [{ fault: { code: "hidden_path", place, path: given, is: kind }, mends: [read, write] }];
}

function missingFinding(look: Look, place: Place, given: string): Finding[] {
  const { machine, entry, seen } = look;
  const folder = path.dirname(given);
  const isNewFile = path.extname(given) !== "" && machine.kindOf(folder) === "folder";
  if (isNewFile && seen.some((shown) => isBelow(folder, shown))) return [];
  if (isNewFile && machine.refusalOf(folder) === null) {
    const mends = [showing(entry, place, folder, "write")];
    return [{ fault: { code: "hidden_new_file", place, path: given, folder }, mends }];
  }
  const first = `/${given.split("/")[1] ?? ""}`;
  // Anything else that begins with a slash may be a path of an address, such as /mcp; /tmp the sandbox has itself.
  const isFolder = OF_EXAMPLES.test(given) || (first !== "/tmp" && machine.kindOf(first) === "folder");
  return isFolder ? [{ fault: { code: "missing_path", place, path: given }, mends: [] }] : [];
}

function refusedFinding({ machine }: Look, place: Place, given: string, kind: "folder" | "file"): Finding[] {
  const reason = machine.refusalOf(kind === "file" ? path.dirname(given) : given);
  if (reason === null) return [];
  return [{ fault: { code: "refused_path", place, path: given, reason }, mends: [] }];
}

/** What a person wrote in `folders` or `cwd`. */
function shownFinding(look: Look, place: Place, given: string): Finding[] {
  const kind = look.machine.kindOf(given);
  if (kind === null) return [{ fault: { code: "missing_path", place, path: given }, mends: [] }];
  return refusedFinding(look, place, given, kind);
}

function homeFinding({ machine }: Look, place: Place, text: string): Finding {
  const fault: Fault = { code: "home_path", place, text };
  if (machine.home === null) return { fault, mends: [] };
  const value = text.replace(HOME, (_whole, option = "") => `${option}${machine.home}`);
  const does = { what: "write_out", text: value } as const;
  return { fault, mends: [{ id: `home_path.${nameOf(place)}`, does, changes: [{ path: pathOf(place), value }] }] };
}

function showing({ folders }: Entry, place: Place, shown: string, access: "read" | "write"): Mend {
  return {
    id: `show.${nameOf(place)}.${access}`,
    does: { what: "show", path: shown, access },
    changes: [{ path: ["folders"], value: { ...folders, [shown]: access } }],
  };
}

function nameOf(place: Place): string {
  if (place.in === "args") return `args${place.index}`;
  return place.in === "env" ? place.name : place.in;
}

function pathOf(place: Place): (string | number)[] {
  if (place.in === "args") return ["args", place.index];
  return place.in === "env" ? ["env", place.name] : [place.in];
}

function isBelow(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}
