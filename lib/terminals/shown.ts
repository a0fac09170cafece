/**
 * Shows output as a terminal would: of a line that was drawn again and again only what stands there at the end. A model
 * reads neither colours nor the frames of a progress bar.
 */
import { Terminal } from "@xterm/headless";
import { withoutSequences } from "../process/printed";

/** Where output was written: to a terminal of this size, or to a pipe, where programs do not break lines. */
export type Written = "terminal" | "pipe";

export const TERMINAL_ROWS = 40;
export const TERMINAL_COLUMNS = 120;
/** Wider than what programs draw again, which is as wide as they take a terminal for. */
const PIPE_COLUMNS = 500;

/** A carriage return before a line feed ends a line of data; all other controls change what is shown. */
const CONTROLS = /\r(?!\n)|[^\P{Cc}\t\n\r]/u;
const ESCAPE = "\u001b";
const COLOURS = new RegExp(`${ESCAPE}\\[[\\d;:]*m`, "g");
/** A private character in place of a tab, which a terminal would turn into spaces. */
const TAB = "\u{10fffd}";

/** A slice fills at most so many lines, which bounds the memory. */
const SLICE_CHARS = 4_096;
/** Output that is made to be slow, as an attack, is shown without its sequences instead. */
const LONGEST_MS = 3_000;

/** Returns the output as shown; unchanged when it has no controls. Data with NUL characters stays as it is. */
export async function shownIn(output: string, written: Written): Promise<string> {
  const text = written === "terminal" ? output.replace(/\r+\n/g, "\n") : output;
  if (!CONTROLS.test(text) || (written === "pipe" && text.includes("\0"))) return text;
  const plain = text.replace(COLOURS, "");
  if (!CONTROLS.test(plain)) return plain;
  return written === "terminal" ? emulate(output, TERMINAL_COLUMNS) : emulatePipe(plain);
}

async function emulatePipe(text: string): Promise<string> {
  const shown = await emulate(text.replaceAll("\t", TAB), PIPE_COLUMNS, true);
  return shown.replaceAll(TAB, "\t");
}

async function emulate(text: string, cols: number, convertEol = false): Promise<string> {
  const options = { cols, rows: TERMINAL_ROWS, scrollback: SLICE_CHARS, convertEol, allowProposedApi: true };
  const terminal = new Terminal({ ...options, logLevel: "off" });
  limitRepeats(terminal);
  const lines: string[] = [];
  const startedMs = performance.now();
  try {
    for (let at = 0; at < text.length; at += SLICE_CHARS) {
      await new Promise<void>((resolve) => terminal.write(text.slice(at, at + SLICE_CHARS), resolve));
      takeScrolled(terminal, lines);
      if (performance.now() - startedMs > LONGEST_MS) return withoutSequences(text);
    }
    takeLines(terminal, lines, terminal.buffer.normal);
    if (terminal.buffer.active.type === "alternate") takeLines(terminal, lines, terminal.buffer.alternate);
    // Programs clear the rest of a line with spaces, which nobody sees.
    return lines.map((line) => line.trimEnd()).join("\n");
  } finally {
    terminal.dispose();
  }
}

/** The emulator does these as often as a program asks, which may be two thousand million times. */
function limitRepeats({ parser, rows, cols }: Terminal): void {
  const limits = { L: rows, M: rows, S: rows, T: rows, I: cols, Z: cols, b: cols };
  for (const [final, most] of Object.entries(limits)) {
    parser.registerCsiHandler({ final }, ([times]) => typeof times === "number" && times > most);
  }
}

/** Takes the lines that no program can change any more, because they have left the screen. */
function takeScrolled(terminal: Terminal, lines: string[]): void {
  const { normal } = terminal.buffer;
  if (normal.baseY === 0) return;
  for (let row = 0; row < normal.baseY; row += 1) takeLine(normal, row, lines);
  const { scrollback } = terminal.options;
  terminal.options.scrollback = 0;
  terminal.options.scrollback = scrollback;
}

type Screen = Terminal["buffer"]["normal"];

/** Takes the screen up to its last character, or to the cursor. */
function takeLines(terminal: Terminal, lines: string[], screen: Screen): void {
  let last = screen.baseY + screen.cursorY;
  for (let row = screen.length - 1; row > last; row -= 1) {
    if (screen.getLine(row)?.translateToString(true)) last = row;
  }
  if (screen !== terminal.buffer.normal && last === 0 && !screen.getLine(0)?.translateToString(true)) return;
  for (let row = 0; row <= last; row += 1) takeLine(screen, row, lines);
}

/** A line that the terminal broke at its edge is one line again. */
function takeLine(screen: Screen, row: number, lines: string[]): void {
  const line = screen.getLine(row);
  const goesOn = screen.getLine(row + 1)?.isWrapped ?? false;
  const text = line?.translateToString(!goesOn) ?? "";
  if (line?.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
  else lines.push(text);
}
