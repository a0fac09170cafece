/** Draws a tree as lines that fit the terminal's width and height. Pure. */
import type { Task, Tree } from "@/core/shapes/shapes";
import { countParts, countsText } from "@/core/words/counts";
import { count, duration, exactMoney, money, plural } from "@/core/words/figures";
import { awaitedSubtasks, rowText, waitsForPerson } from "@/core/words/tasks";
import { type OutlineRow, outlineRows } from "./outline";
import type { Style } from "./output";
import { cut, oneLine, padTo, widthOf } from "./text";
import { ring, type StateWord, stateOf, stateOfTask, stateOfTree } from "./words";

export interface FrameOptions {
  /** Cells. */
  width: number;
  /** Lines; Infinity for everything. */
  height: number;
  nowMs: number;
  /** Ids of the questions and approvals that wait for a person. */
  open: ReadonlySet<string>;
  /** Frame number of the running tasks' animation. */
  tick?: number;
  /** Dollars of each task's own calls. When given, all figures are exact. */
  own?: ReadonlyMap<string, number>;
  paint(style: Style, text: string): string;
}

interface Column {
  name: string;
  width: number;
  side: "left" | "right";
  /** Least window width, in cells, that shows this column. */
  from: number;
  of(task: Task, options: Pick<FrameOptions, "nowMs" | "own">): string;
}

/** Columns right of the name. A narrow window drops them from the left. */
const COLUMNS: Column[] = [
  { name: "agent", width: 14, side: "left", from: 96, of: (task) => oneLine(task.agent) },
  { name: "turns", width: 5, side: "right", from: 72, of: (task) => String(task.turns) },
  { name: "tokens", width: 6, side: "right", from: 64, of: (task) => count(task.spent.tokens ?? 0) },
  { name: "cost", width: 8, side: "right", from: 56, of: (task) => money(task.spent.cost_usd ?? 0) },
  { name: "time", width: 8, side: "right", from: 40, of: (task, { nowMs }) => elapsed(task, nowMs) },
];
/** `cost` and `tokens` include the task's subtasks. */
const EXACT_COLUMNS: Column[] = [
  { name: "agent", width: 14, side: "left", from: 110, of: (task) => oneLine(task.agent) },
  { name: "turns", width: 5, side: "right", from: 80, of: (task) => String(task.turns) },
  { name: "tokens", width: 8, side: "right", from: 72, of: (task) => String(task.spent.tokens ?? 0) },
  {
    name: "own cost",
    width: 10,
    side: "right",
    from: 96,
    of: (task, { own }) => exactMoney(own?.get(task.id) ?? 0),
  },
  { name: "cost", width: 10, side: "right", from: 56, of: (task) => exactMoney(task.spent.cost_usd ?? 0) },
  { name: "time", width: 8, side: "right", from: 88, of: (task, { nowMs }) => elapsed(task, nowMs) },
];
const HEAD_LINES = 3;
/** A narrower window shows names only. */
const LEAST_WIDTH = 24;
/** The name's share of the width left by the figures; the rest shows what the task does. */
const NAME_SHARE = 0.45;
const LEAST_STATE_WIDTH = 20;

export function frame(tree: Tree, options: FrameOptions): string[] {
  const { height, open } = options;
  const tasks = new Map(tree.tasks.map((task) => [task.id, task]));
  const forPerson = (task: Task) => stateOfTask(task, open).word === stateOf("waiting", true).word;
  const rows = outlineRows(tree.tasks, Math.max(1, height - HEAD_LINES), forPerson);
  const lines = [...headOf(tree, options), ...rows.map((row) => lineOf(row, tasks, options))];
  // A window lower than the heading is cut too.
  return lines.slice(0, Math.max(1, height));
}

function headOf(tree: Tree, options: FrameOptions): string[] {
  const { width, nowMs, paint, tick } = options;
  const state = stateOfTree(tree);
  const { totals } = tree;
  const endMs = tree.ended_at ? Date.parse(tree.ended_at) : nowMs;
  const facts = [
    state.word,
    ...(totals.tasks > 1 ? [countsText(tree.counts)] : []),
    `${count(totals.tokens_in + totals.tokens_out)} tokens`,
    options.own ? exactMoney(totals.cost_usd) : money(totals.cost_usd),
    duration(endMs - Date.parse(tree.created_at)),
  ].join(" · ");
  const glyph = tree.status === "running" && tick !== undefined ? ring(tick) : state.glyph;
  const columns = columnsFor(options);
  const names = columns.map((column) => padTo(column.name, column.width, column.side)).join(" ");
  return [
    paint("bold", cut(oneLine(tree.title), width)),
    paint(state.style, cut(`${glyph} ${facts}`, width)),
    paint("dim", padTo("", width - widthOf(names)) + cut(names, width)),
  ];
}

function columnsFor({ width, own }: Pick<FrameOptions, "width" | "own">) {
  return (own ? EXACT_COLUMNS : COLUMNS).filter((column) => width >= column.from);
}

function lineOf(row: OutlineRow, tasks: ReadonlyMap<string, Task>, options: FrameOptions): string {
  const { width, paint, open, tick } = options;
  const indent = "  ".repeat(Math.min(row.depth, Math.floor(width / 8)));
  if (row.kind !== "task") return paint("dim", cut(`${indent}${groupText(row)}`, width));
  const { task, folded } = row;
  const state = stateOfTask(task, open);
  const glyph = task.status === "running" && tick !== undefined ? ring(tick) : state.glyph;
  if (width < LEAST_WIDTH) return cut(`${indent}${glyph} ${oneLine(task.title)}`, width);
  const columns = columnsFor(options);
  const figures = columns.map((column) => padTo(column.of(task, options), column.width, column.side)).join(" ");
  const left = width - widthOf(figures) - (figures ? 1 : 0);
  const hidden = folded > 0 ? ` (+${folded})` : "";
  const stateWidth = Math.floor(left * (1 - NAME_SHARE)) - 1;
  const hasState = stateWidth >= LEAST_STATE_WIDTH;
  const head = `${indent}${glyph} `;
  const name = padTo(oneLine(task.title) + hidden, (hasState ? left - stateWidth - 1 : left) - widthOf(head));
  const isQuiet = task.ended_at !== null && task.status !== "failed";
  const parts = [
    `${indent}${paint(state.style, glyph)} ${isQuiet ? paint("dim", name) : name}`,
    ...(hasState ? [stateText(state, detailOf(task, tasks, open), stateWidth, paint)] : []),
    ...(figures ? [paint("dim", figures)] : []),
  ];
  return parts.join(" ");
}

/** Returns the text after the state's word. */
function detailOf(task: Task, tasks: ReadonlyMap<string, Task>, open: ReadonlySet<string>): string {
  if (task.status === "succeeded" || task.status === "ready") return "";
  const subtasks = awaitedSubtasks(task);
  if (subtasks !== null) return ` for ${subtasks}`;
  // "Waiting for you" already says it.
  if (waitsForPerson(task, open) && !task.headline) return "";
  const now = oneLine(rowText(task, tasks, open));
  return now ? `: ${now}` : "";
}

function stateText(state: StateWord, detail: string, width: number, paint: FrameOptions["paint"]): string {
  const text = padTo(state.word + detail, width);
  return paint(state.style, text.slice(0, state.word.length)) + paint("dim", text.slice(state.word.length));
}

function groupText(row: Exclude<OutlineRow, { kind: "task" }>): string {
  if (row.kind === "more") return `… ${plural(row.count, "more line")}: make the window higher`;
  // The glyph shows the worst state: a tick over a failure would be wrong.
  const [worst] = countParts(row.counts);
  return `${worst ? stateOf(worst.status).glyph : ""} ${countsText(row.counts)}`;
}

function elapsed(task: Task, nowMs: number): string {
  if (!task.started_at) return "";
  return duration((task.ended_at ? Date.parse(task.ended_at) : nowMs) - Date.parse(task.started_at));
}
