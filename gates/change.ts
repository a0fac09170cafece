/** Reads the change that is judged, and the settings that count for it. */
import { findCommands } from "./model/found-commands";
import { findTests } from "./model/found-tests";
import type { Change, GateContext } from "./model/gate";
import { readSettings, SETTINGS_FILE, settingsOf } from "./model/settings";
import type { FileTree } from "./model/tree";
import type { Workplace } from "./running/workplace";
import { type Side, sideOf, workingSide } from "./source/sides";
import { changesBetween, textIn } from "./source/trees";

export interface ChangeOptions {
  /** A revision. Absent: the head's first parent, or HEAD when the working tree is judged. */
  base?: string;
  /** A revision. Absent: the files of the folder. */
  head?: string;
}

type FromChange = Pick<GateContext, "settings" | "retires" | "areSettingsOwn" | "foundTests" | "foundCommands">;

interface ReadChange {
  base: Side;
  head: Side;
  change: Change;
  fromChange: FromChange;
}

/** Throws a `GatesError` for wrong use. */
export async function readChange(place: Workplace, options: ChangeOptions): Promise<ReadChange> {
  const { base, head } = await sidesOf(place, options);
  const paths = changesBetween(base.tree, head.tree);
  const change: Change = { base: base.tree, head: head.tree, blobs: place.blobs, paths };
  return { base, head, change, fromChange: settingsFor(change) };
}

async function sidesOf(place: Workplace, options: ChangeOptions): Promise<{ base: Side; head: Side }> {
  const baseName = options.base ?? (options.head === undefined ? "HEAD" : `${options.head}^`);
  const base = await sideOf(place, baseName);
  if (options.head !== undefined) return { base, head: await sideOf(place, options.head) };
  return { base, head: await workingSide(place, options.base === undefined ? base : await sideOf(place, "HEAD")) };
}

/**
 * The base's settings count. Of the head's settings only its retired tests are read, and of these only the new ones:
 * the others belong to earlier changes.
 */
function settingsFor({ base, head, blobs }: Change): FromChange {
  const [old, own] = [textIn(base, SETTINGS_FILE, blobs), textIn(head, SETTINGS_FILE, blobs)];
  if (old === null && own === null) {
    const filesOf = (tree: FileTree) => ({
      paths: tree.files.keys(),
      read: (path: string) => textIn(tree, path, blobs),
    });
    const [foundTests] = [base, head].flatMap((tree) => findTests(filesOf(tree)) ?? []);
    // What the base lacks cannot be compared with it.
    const foundCommands = findCommands(filesOf(base));
    return {
      settings: settingsOf(foundTests ?? null, foundCommands),
      foundCommands,
      retires: [],
      areSettingsOwn: false,
      foundTests: foundTests ?? "none",
    };
  }
  const settings = readSettings(old ?? own, old === null ? "the change" : "the base");
  const known = old === null ? [] : settings.retires.map(({ test }) => test);
  const retires = readSettings(own, "the change").retires.filter(({ test }) => !known.includes(test));
  return { settings, retires, areSettingsOwn: old === null && own !== null };
}
