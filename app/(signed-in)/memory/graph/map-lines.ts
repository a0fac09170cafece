/** Where the lines of the graph run: between columns of boxes of one height, so that a position is a row. Pure. */
import type { LessonGraph } from "@/core/shapes/lesson-graph";

/** Pixels from one box to the next, and the height of a box; the classes of the boxes say the same. */
const ROW = 52;
const BOX = 44;
/** Width of the gap between two columns, in which lines bend. */
export const GAP = 36;
/** Lines of lessons without an agent pass below the agents, one for each repository, this many pixels apart. */
const LANE = 10;
/** Height of the line below the agents that says how many more there are. */
const MORE = 24;

type LineLook = "selected" | "plain" | "dashed";

export interface Line {
  /** Pixels from the top of the columns. */
  from: number;
  to: number;
  look: LineLook;
}

/** Lines between two neighbouring columns, and lines that pass the column of agents. */
export interface MapLines {
  errors: Line[];
  agents: Line[];
  repositories: Line[];
  passing: Line[];
  /** Pixels that all lines need. */
  height: number;
}

type Mapped = Omit<LessonGraph, "total" | "examples" | "answer">;

const RANK: Record<LineLook, number> = { selected: 2, plain: 1, dashed: 0 };

/** Returns the lines. The first lesson is the selected one; lines of candidates and retired lessons are dashed. */
export function linesOf({ lessons, errors, agents, repositories, links, more }: Mapped): MapLines {
  const lines = { errors: new Lines(), agents: new Lines(), repositories: new Lines(), passing: new Lines() };
  const below = agents.length * ROW + (more.agents > 0 ? MORE : 0);
  const lane = (repository: number) => below + LANE * (repository + 1);
  lessons.forEach(({ id, signature, place, status }, at) => {
    const look = at === 0 ? "selected" : status === "live" ? "plain" : "dashed";
    const error = errors.findIndex((one) => one.signature === signature);
    if (error >= 0) lines.errors.add({ from: middleOf(error), to: middleOf(at), look });
    const own = links
      .filter(({ lesson }) => lesson === id)
      .map(({ agent }) => agents.findIndex((one) => one.agent === agent));
    for (const agent of own) lines.agents.add({ from: middleOf(at), to: middleOf(agent), look });
    // A lesson of one agent has no line to a repository: its place is the agent.
    const repository = repositories.findIndex((one) => one.place === place);
    if (repository < 0) return;
    for (const agent of own) lines.repositories.add({ from: middleOf(agent), to: middleOf(repository), look });
    if (own.length > 0) return;
    const y = lane(repository);
    lines.agents.add({ from: middleOf(at), to: y, look });
    lines.passing.add({ from: y, to: y, look });
    lines.repositories.add({ from: y, to: middleOf(repository), look });
  });
  const passing = lines.passing.all();
  const rows = Math.max(lessons.length, errors.length, agents.length, repositories.length);
  return {
    errors: lines.errors.all(),
    agents: lines.agents.all(),
    repositories: lines.repositories.all(),
    passing,
    height: Math.max(rows * ROW, ...passing.map(({ from }) => from + LANE)),
  };
}

function middleOf(row: number): number {
  return row * ROW + BOX / 2;
}

/** Keeps one line between two boxes. Selected lines come last, so they are drawn above the others. */
class Lines {
  private readonly known = new Map<string, Line>();

  add(line: Line): void {
    const key = `${line.from} ${line.to}`;
    const known = this.known.get(key);
    if (!known || RANK[line.look] > RANK[known.look]) this.known.set(key, line);
  }

  all(): Line[] {
    return [...this.known.values()].sort((a, b) => RANK[a.look] - RANK[b.look]);
  }
}

/** Returns the curve of a line through a gap. */
export function curveOf({ from, to }: Line): string {
  const bend = GAP / 2;
  return `M0 ${from}C${bend} ${from} ${bend} ${to} ${GAP} ${to}`;
}
