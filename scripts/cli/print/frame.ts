/** A tree as lines of a terminal, cut to its width and height. Pure. */

import type { Task, Tree } from "@/core/shapes/shapes";
import { count, duration, money, plural } from "@/core/words/figures";
import { awaitedSubtasks, rowText, waitsForPerson } from "@/core/words/tasks";
import { type OutlineRow, outlineRows } from "./outline";
import type { Style } from "./output";
import { exactMoney } from "./spend";
import { cut, oneLine, padTo, widthOf } from "./text";
import { ring, type StateWord, stateOf, stateOfTask, stateOfTree } from "./words";

export interface FrameOptions {
  /** Cells. */
  width: number;
  /** Lines; Infinity for everything. */
  height: number;
  nowMs: number;
  /** Ids of the questions and approvals that are before a person. */
  open: ReadonlySet<string>;
  /** Steps of the ring of what runs. */
  tick?: number;
  /** Dollars of each task's own calls: with them all figures are exact. */
  own?: ReadonlyMap<string, number>;
  paint(style: Style, text: string): string;
}

interface Column {
  name: string;
  width: number;
  side: "left" | "right";
  /** Cells of the window from which it is shown. */
  from: number;
  of(task: Task, options: Pick<FrameOptions, "nowMs" | "own">): string;
}

/** Right of the name; the first ones are left out first when the window is narrow. */
const COLUMNS: Column[] = [
  { name: "agent", width: 14, side: "left", from: 96, of: (task) => oneLine(task.agent) },
  { name: "turns", width: 5, side: "right", from: 72, of: (task) => String(task.turns) },
  { name: "tokens", width: 6, side: "right", from: 64, of: (task) => count(task.spent.tokens ?? 0) },
  { name: "cost", width: 7, side: "right", from: 56, of: (task) => money(task.spent.cost_usd ?? 0) },
  { name: "time", width: 8, side: "right", from: 40, of: (task, { nowMs }) => elapsed(task, nowMs) },
];
/** `cost` and `tokens` are those of a task with everything below it. */
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
/** Of what the figures leave; the rest says what the task does. */
const NAME_SHARE = 0.45;
const LEAST_STATE_WIDTH = 20;

export function frame(tree: Tree, options: FrameOptions): string[] {
  const { height, open } = options;
  const tasks = new Map(tree.tasks.map((task) => [task.id, task]));
  const forPerson = (task: Task) => stateOfTask(task, open).word === stateOf("waiting", true).word;
  const rows = outlineRows(tree.tasks, Math.max(1, height - HEAD_LINES), forPerson);
  const lines = [...headOf(tree, options), ...rows.map((row) => lineOf(row, tasks, options))];
  // A window of a few lines shows what it can.
  return lines.slice(0, Math.max(1, height));
}

function headOf(tree: Tree, options: FrameOptions): string[] {
  const { width, nowMs, paint, tick } = options;
  const state = stateOfTree(tree);
  const { totals } = tree;
  const endMs = tree.ended_at ? Date.parse(tree.ended_at) : nowMs;
  const facts = [
    state.word,
    `${totals.ended} of ${plural(totals.tasks, "task")} ended`,
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
  const held = folded > 0 ? ` (+${folded})` : "";
  const stateWidth = Math.floor(left * (1 - NAME_SHARE)) - 1;
  const hasState = stateWidth >= LEAST_STATE_WIDTH;
  const head = `${indent}${glyph} `;
  const name = padTo(oneLine(task.title) + held, (hasState ? left - stateWidth - 1 : left) - widthOf(head));
  const isQuiet = task.ended_at !== null && task.status !== "failed";
  const parts = [
    `${indent}${paint(state.style, glyph)} ${isQuiet ? paint("dim", name) : name}`,
    ...(hasState ? [stateText(state, saidOf(task, tasks, open), stateWidth, paint)] : []),
    ...(figures ? [paint("dim", figures)] : []),
  ];
  return parts.join(" ");
}

/** What stands after the word. */
function saidOf(task: Task, tasks: ReadonlyMap<string, Task>, open: ReadonlySet<string>): string {
  if (task.status === "succeeded" || task.status === "ready") return "";
  const subtasks = awaitedSubtasks(task);
  if (subtasks !== null) return ` for ${subtasks}`;
  // The word says it already.
  if (waitsForPerson(task, open) && !task.headline) return "";
  const now = oneLine(rowText(task, tasks, open));
  return now ? `: ${now}` : "";
}

function stateText(state: StateWord, said: string, width: number, paint: FrameOptions["paint"]): string {
  const text = padTo(state.word + said, width);
  return paint(state.style, text.slice(0, state.word.length)) + paint("dim", text.slice(state.word.length));
}

function groupText(row: Exclude<OutlineRow, { kind: "task" }>): string {
  if (row.kind === "more") return `… ${plural(row.count, "more line")}: make the window higher`;
  return row.state === "ended" ? `✓ ${plural(row.count, "task")} ended` : `◌ ${plural(row.count, "task")} ready`;
}

function elapsed(task: Task, nowMs: number): string {
  if (!task.started_at) return "";
  return duration((task.ended_at ? Date.parse(task.ended_at) : nowMs) - Date.parse(task.started_at));
}
