/**
 * Checks that `agents/` reaches trees' folders, and the programs in them, only through `lib/workplace/port`, so that they
 * can be on another machine. What opens folders or starts programs is in the folders of `lib/` below.
 */
import { type ImportEdge, importEdges } from "./edges";
import type { Fault } from "./fault";
import { isTest, type SourceFile } from "./sources";

/**
 * The files of each folder that the rooms of agents may import: they know names and rules, read snapshots, or work on what
 * the server itself keeps. A file that is not listed opens folders, or starts programs.
 */
const WITHOUT_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  "lib/workspace": ["edited", "glob", "line-ends", "path", "prepare", "refused", "remove-tree"],
  "lib/sandbox": ["temporary"],
  "lib/terminals": ["none", "shown", "tty"],
  "lib/snapshots": ["below", "lock", "port"],
  "lib/clean-room": [
    "canary",
    "contents",
    "differences",
    "elsewhere",
    "expected-output",
    "hidden",
    "packages",
    "runs-tests",
    "scope",
    "setup",
  ],
  "lib/git": ["forge", "rules"],
  "lib/acp": ["converse", "lines", "work"],
  "lib/claude-stream": ["converse"],
  "lib/archive": ["open-zip"],
  "lib/measure": [],
  "lib/workplace": ["checks", "left-running", "port"],
};

/** Rooms of `agents/` whose folders are no workplaces: those of the server, of a project or of a person. */
const OWN_FOLDERS = [
  // Puts the runtime together, and so chooses where workplaces are.
  "agents/boot",
  // Speaks with runners.
  "agents/runners",
  // Fills the folder of a tree before the tree is there; a person's folder is on the server.
  "agents/commands",
  // Pages show the folders that are on the server's machine, and for all others the newest snapshot.
  "agents/files",
  "agents/queries/folders",
  // Trusted copies of the repositories of projects, and what runs of their commits on the server.
  "agents/environments",
  "agents/forges",
  "agents/insights",
  "agents/projects",
  "agents/promotions",
  "agents/queries/services",
  "agents/services",
  "agents/specification",
  // Banyan's own source.
  "agents/self",
  // Code of servers that people approved, and the programs of this machine.
  "agents/servers",
  "agents/governor",
  "agents/tools/coding/detected-agents",
  // What trees leave in the folder of data.
  "agents/retention",
];

export function checkWorkplaces(sources: SourceFile[]): Fault[] {
  return importEdges(sources).flatMap((edge) => {
    if (!edge.from.startsWith("agents/") || edge.isPackage || edge.isTypeOnly || isForTests(edge.from)) return [];
    if (OWN_FOLDERS.some((room) => isIn(edge.from, room)) || !opensFolders(edge)) return [];
    const message = `imports ${edge.to}, which opens folders or starts programs: reach a tree's folder through lib/workplace/port, so that it can be on another machine`;
    return [{ file: edge.from, line: edge.line, message }];
  });
}

function opensFolders({ to }: ImportEdge): boolean {
  const folder = Object.keys(WITHOUT_FOLDERS).find((name) => to.startsWith(`${name}/`));
  if (folder === undefined) return false;
  const name = to.slice(folder.length + 1).replace(/\.[a-z.]+$/, "");
  return !WITHOUT_FOLDERS[folder]?.includes(name);
}

function isForTests(file: string): boolean {
  return isTest(file) || file.includes("/testing/") || file.startsWith("agents/scenarios/");
}

/** `room` may also be a file without its ending. */
function isIn(file: string, room: string): boolean {
  return file.startsWith(`${room}/`) || file.replace(/\.ts$/, "") === room;
}
