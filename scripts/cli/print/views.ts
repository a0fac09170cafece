/** How a tree that is followed is shown: redrawn in a terminal, as lines in a pipe, not at all beside JSON. */
import { stripVTControlCharacters } from "node:util";
import type { Tree } from "@/core/shapes/shapes";
import { createChanges } from "./changes";
import { frame } from "./frame";
import { paint, print, warn } from "./output";
import { oneLine, widthOf } from "./text";
import { short } from "./words";

export interface View {
  /** A look at the tree. `open`: ids of the questions that are before a person. */
  show(tree: Tree, open: ReadonlySet<string>): void;
  /** A sentence beside the tree. */
  note(sentence: string): void;
  /** The last look stays. */
  finish(): void;
  /** Milliseconds after which to show it again though nothing changed. */
  redrawMs: number;
}

export function silentView(): View {
  return { show() {}, note: warn, finish() {}, redrawMs: 1_000 };
}

export function linesView(): View {
  const changes = createChanges();
  let begun = false;
  return {
    show(tree, open) {
      if (!begun) print(`Tree ${short(tree.id)}: ${oneLine(tree.title)} (workspace ${oneLine(tree.workspace)})`);
      begun = true;
      for (const line of changes(tree, open)) print(line);
    },
    note: warn,
    finish() {},
    redrawMs: 1_000,
  };
}

/** One step of the ring: a turn of it takes 2.4 s. */
const STEP_MS = 600;

export async function terminalView(stream: NodeJS.WriteStream): Promise<View> {
  const { createLogUpdate } = await import("log-update");
  const update = createLogUpdate(stream);
  let last: { tree: Tree; open: ReadonlySet<string> } | null = null;
  let lines: string[] = [];
  const draw = () => {
    if (!last) return;
    const width = Math.max(1, stream.columns || 80);
    lines = frame(last.tree, {
      width,
      // The cursor stands on the line below the last one.
      height: Math.max(1, (stream.rows || 24) - 1),
      nowMs: Date.now(),
      open: last.open,
      tick: Math.floor(Date.now() / STEP_MS),
      paint: (style, text) => paint(style, text, stream),
    });
    update(lines.join("\n"));
  };
  const resized = () => {
    // The terminal has wrapped what stands there anew: it is taken away by the rows that it fills now.
    const width = Math.max(1, stream.columns || 80);
    const rows = lines.map((line) => Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / width)));
    const filled = Math.min(
      rows.reduce((sum, one) => sum + one, 0),
      stream.rows || 24,
    );
    update.done();
    if (filled > 0) stream.write(`\u001b[${filled}A\r\u001b[J`);
    draw();
  };
  stream.on("resize", resized);
  return {
    show(tree, open) {
      last = { tree, open };
      draw();
    },
    note(sentence) {
      update.clear();
      warn(sentence);
      draw();
    },
    finish() {
      stream.off("resize", resized);
      draw();
      update.done();
    },
    redrawMs: STEP_MS,
  };
}
