/** Views for following a tree: redrawn in a terminal, plain lines in a pipe, silent for JSON. */
import { stripVTControlCharacters } from "node:util";
import type { Tree } from "@/core/shapes/shapes";
import { createChanges } from "./changes";
import { frame } from "./frame";
import { paint, print, warn } from "./output";
import { oneLine, widthOf } from "./text";
import { short } from "./words";

export interface View {
  /** Shows the tree's current state. `open` holds the ids of questions that wait for a person. */
  show(tree: Tree, open: ReadonlySet<string>): void;
  /** Prints a message next to the tree. */
  note(sentence: string): void;
  /** Prints a line about what the tree has reached. */
  say(line: string): void;
  /** Leaves the last state on the screen. */
  finish(): void;
  /** Milliseconds after which to redraw even without a change. */
  redrawMs: number;
}

export function silentView(): View {
  return { show() {}, note: warn, say() {}, finish() {}, redrawMs: 1_000 };
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
    say: print,
    finish() {},
    redrawMs: 1_000,
  };
}

/** One step of the running animation; its four steps take 2.4 s. */
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
      // The cursor needs the line below the tree.
      height: Math.max(1, (stream.rows || 24) - 1),
      nowMs: Date.now(),
      open: last.open,
      tick: Math.floor(Date.now() / STEP_MS),
      paint: (style, text) => paint(style, text, stream),
    });
    update(lines.join("\n"));
  };
  const resized = () => {
    // The terminal has rewrapped the lines on the screen, so erase the rows that they fill now.
    const width = Math.max(1, stream.columns || 80);
    const rows = lines.map((line) => Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / width)));
    const filled = Math.min(
      rows.reduce((sum, row) => sum + row, 0),
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
    say(line) {
      update.clear();
      stream.write(`${line}\n`);
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
