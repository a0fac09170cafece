/** Findings about folders and files that an entry names, and that the sandbox would not show or this machine lacks. */
import path from "node:path";
import type { Entry } from "@/lib/mcp/config/config";
import type { FolderAccess } from "@/lib/mcp/config/types";
import { absolutePathIn, isInEverySandbox } from "@/lib/mcp/transport/shown-places";
import { isAtOrBelow } from "@/lib/workspace/spelling";
import type { Fault, Finding, Mend, Place } from "./finding";
import type { Machine } from "./machine";

/** Folders that the sandbox has in its own way. */
const OF_THE_SANDBOX = ["/workspace", "/dev", "/proc", "/home/agent"];
const WINDOWS = /^(--?[\w-]+=)?[A-Za-z]:[\\/]/;
const HOME = /^(--?[\w-]+=)?~(?=\/|$)/;
/** The beginnings of paths in examples, which no person has. */
const OF_EXAMPLES = /^\/(path\/to|Users|absolute\/path|your)\b/;

export function pathFindings(entry: Entry, machine: Machine): Finding[] {
  const look: Look = { entry, machine, seen: seenBy(entry, machine) };
  const named = Object.entries(entry.folders ?? {}).map(([given, access]): [Place, string, FolderAccess] => [
    { in: "folders" },
    given,
    access,
  ]);
  if (entry.cwd) named.push([{ in: "cwd" }, entry.cwd, "write"]);
  return [
    ...unwritableFindings(look),
    ...entry.args.flatMap((text, index) => ofText(look, { in: "args", index }, text)),
    ...Object.entries(entry.env).flatMap(([name, text]) => ofText(look, { in: "env", name }, text)),
    ...named.flatMap(([place, given, access]) => shownFinding(look, place, given, access)),
  ];
}

interface Look {
  entry: Entry;
  machine: Machine;
  seen: readonly Seen[];
}

/** A path that the sandbox shows. */
interface Seen {
  place: string;
  access: FolderAccess;
}

/** What the start shows, as `launchOf` decides it: the later of two for the same place. */
function seenBy(entry: Entry, machine: Machine): Seen[] {
  const { command = "", args, cwd = "" } = entry;
  const named = args.flatMap(absolutePathIn);
  const files = [command, ...named].filter((place) => path.isAbsolute(place) && machine.kindOf(place) === "file");
  const granted = grantedIn(entry);
  const worked = [...named, cwd]
    .filter((place) => machine.kindOf(place) === "folder")
    .map((place) => path.resolve(place));
  return [
    ...files.map((file): Seen => ({ place: machine.projectOf(file), access: "read" })),
    // An argument inside a folder that `folders` lets it read lets it write nothing there.
    ...worked.filter((place) => accessIn(granted, place) !== "read").map((place): Seen => ({ place, access: "write" })),
    ...granted,
  ];
}

/** Folders that the sandbox mounts to be written, in which the server's user may not write. */
function unwritableFindings({ entry, machine, seen }: Look): Finding[] {
  const written = seen.filter(({ place, access }) => access === "write" && machine.refusalOf(place, "write") === null);
  const folders = [...new Set(written.map(({ place }) => place))].filter((place) => machine.kindOf(place) === "folder");
  const [first] = folders;
  if (first === undefined) return [];
  return folders.flatMap((folder): Finding[] => {
    const reason = machine.unwritable(folder, first);
    if (reason === null) return [];
    const does = { what: "show", path: folder, access: "read" } as const;
    const changes = [{ path: ["folders"], value: { ...entry.folders, [folder]: "read" as const } }];
    const mends: Mend[] = [{ id: `unwritable_folder.${folder}`, does, changes }];
    return [{ fault: { code: "unwritable_folder", path: folder, reason }, mends }];
  });
}

function grantedIn({ folders = {} }: Entry): Seen[] {
  return Object.entries(folders).map(([given, access]) => ({ place: path.resolve(given), access }));
}

/** Returns null for a path that is not shown. */
function accessIn(seen: readonly Seen[], given: string): FolderAccess | null {
  const around = seen.filter(({ place }) => isAtOrBelow(place, given));
  return (
    around.reduce<Seen | null>((best, one) => (best && best.place.length > one.place.length ? best : one), null)
      ?.access ?? null
  );
}

function ofText(look: Look, place: Place, text: string): Finding[] {
  if (WINDOWS.test(text)) return [{ fault: { code: "windows_path", place, text }, mends: [] }];
  if (HOME.test(text)) return [homeFinding(look, place, text)];
  const [given] = place.in === "args" ? absolutePathIn(text) : path.isAbsolute(text) ? [path.normalize(text)] : [];
  if (given === undefined || isInEverySandbox(given) || OF_THE_SANDBOX.some((folder) => isAtOrBelow(folder, given)))
    return [];
  const kind = look.machine.kindOf(given);
  if (place.in === "args" && kind !== null) return refusedFinding(look, place, given, kind);
  if (kind === null) return missingFinding(look, place, given);
  if (accessIn(look.seen, given) !== null) return [];
  const found = refusedFinding(look, place, given, kind);
  if (found.length > 0) return found;
  const folder = kind === "file" ? path.dirname(given) : given;
  const read = showing(look.entry, place, given, "read");
  const write = look.machine.refusalOf(folder, "write") === null ? [showing(look.entry, place, folder, "write")] : [];
  return [{ fault: { code: "hidden_path", place, path: given, is: kind }, mends: [read, ...write] }];
}

function missingFinding(look: Look, place: Place, given: string): Finding[] {
  const { machine, entry, seen } = look;
  const folder = path.dirname(given);
  const isNewFile = path.extname(given) !== "" && machine.kindOf(folder) === "folder";
  if (isNewFile && accessIn(seen, folder) === "write") return [];
  if (isNewFile && machine.refusalOf(folder, "write") === null) {
    // What a person lets a server only read, no mend opens.
    const isRead = accessIn(grantedIn(entry), folder) === "read";
    const mends = isRead ? [] : [showing(entry, place, folder, "write")];
    return [{ fault: { code: "hidden_new_file", place, path: given, folder }, mends }];
  }
  const first = `/${given.split("/")[1] ?? ""}`;
  // Anything else that begins with a slash may be a path of an address, such as /mcp; /tmp the sandbox has itself.
  const isFolder = OF_EXAMPLES.test(given) || (first !== "/tmp" && machine.kindOf(first) === "folder");
  return isFolder ? [{ fault: { code: "missing_path", place, path: given }, mends: [] }] : [];
}

function refusedFinding({ machine }: Look, place: Place, given: string, kind: "folder" | "file"): Finding[] {
  const isProgram = place.in === "args" && kind === "file";
  return refused(place, given, isProgram ? machine.refusalOfProject(given) : machine.refusalOf(given, "read"));
}

/** What a person wrote in `folders` or `cwd`. */
function shownFinding({ machine }: Look, place: Place, given: string, access: FolderAccess): Finding[] {
  if (machine.kindOf(given) === null) return [{ fault: { code: "missing_path", place, path: given }, mends: [] }];
  if (place.in === "cwd" && isInEverySandbox(given)) return [];
  return refused(place, given, machine.refusalOf(given, access));
}

function refused(place: Place, given: string, reason: string | null): Finding[] {
  return reason === null ? [] : [{ fault: { code: "refused_path", place, path: given, reason }, mends: [] }];
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
