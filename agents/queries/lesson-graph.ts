/** The graph around a lesson: what it belongs to, the lessons that share it, and what these belong to. */
import { weightOf } from "@/core/lessons/confidence";
import {
  type GraphAgent,
  type GraphError,
  type GraphLink,
  type LessonGraph,
  MOST_IN_COLUMN,
} from "@/core/shapes/lesson-graph";
import { iso } from "@/db/file/iso";
import type { Store } from "@/db/store";
import { lessonShape, type ShapeSources, type StoredLesson } from "./lesson-shape";

export interface GraphSources extends ShapeSources {
  store: Pick<Store, "lessons">;
}

/** The lesson that helped most lately is chosen among this many. */
const MOST_LOOKED_AT = 100;

/**
 * Returns the lesson that helped most lately: outcomes fade as they do in its confidence. Without a live lesson it
 * returns the newest that was made here; null when there are only lessons that come with Banyan.
 */
export function middleOf({ store: { lessons }, now }: GraphSources): StoredLesson | null {
  const live = lessons.shownMost(MOST_LOOKED_AT);
  const worth = (lesson: StoredLesson) => lesson.helped * weightOf(lesson, now());
  const [first] = live;
  if (first) return live.reduce((best, lesson) => (worth(lesson) > worth(best) ? lesson : best), first);
  const own = lessons.newest(MOST_LOOKED_AT).filter(({ reason }) => reason !== "seeded");
  return own.find(({ status }) => status === "candidate") ?? own[0] ?? null;
}

type Around = Omit<LessonGraph, "examples" | "answer">;

export function graphAround(sources: GraphSources, middle: StoredLesson | null): Around {
  const { lessons } = sources.store;
  const total = Object.values(lessons.counts()).reduce((sum, count) => sum + count, 0);
  if (!middle) return { ...EMPTY, total };
  const chosen = neighboursOf(sources, middle);
  const known = chosen.flatMap((lesson) => linksOf(sources, lesson));
  const agents = agentsIn(known, middle.uid);
  const shown = agents.slice(0, MOST_IN_COLUMN);
  const signatures = unique(chosen.map(({ signature }) => signature)).filter((signature) => signature !== null);
  const places = unique(chosen.filter(({ scope }) => scope !== "agent").map(({ place }) => place));
  const inPlace = chosen.filter(({ place }) => place === middle.place).length;
  const ofError = chosen.filter(({ signature }) => signature !== null && signature === middle.signature).length;
  const allOfError = middle.signature === null ? 0 : lessons.metError(middle.signature).lessons;
  return {
    total,
    lessons: chosen.map((lesson) => lessonShape(sources, lesson)),
    errors: signatures.map((signature) => errorOf(sources, signature)),
    agents: shown,
    repositories: places.map((place) => ({ place, lessons: lessons.countIn(place) })),
    links: known.filter(({ agent }) => shown.some((one) => one.agent === agent)),
    more: {
      of_error: allOfError - ofError,
      of_place: lessons.countIn(middle.place) - inPlace,
      agents: agents.length - shown.length,
    },
  };
}

const EMPTY: Omit<Around, "total"> = {
  lessons: [],
  errors: [],
  agents: [],
  repositories: [],
  links: [],
  more: { of_error: 0, of_place: 0, agents: 0 },
};

/** The lesson itself, then in turn one for the same error, one of the same tasks and one of the same place. */
function neighboursOf({ store: { lessons } }: GraphSources, middle: StoredLesson): StoredLesson[] {
  const { uid, signature, place } = middle;
  const kinds = [
    signature === null ? [] : lessons.ofError(signature, MOST_IN_COLUMN),
    lessons.together(uid, MOST_IN_COLUMN),
    lessons.inPlace(place, MOST_IN_COLUMN),
  ].map((found) => found.filter((lesson) => lesson.uid !== uid));
  const chosen = new Map([[uid, middle]]);
  for (let at = 0; at < MOST_IN_COLUMN; at += 1) {
    for (const lesson of kinds.flatMap((found) => found.slice(at, at + 1))) {
      if (chosen.size >= MOST_IN_COLUMN) break;
      if (!chosen.has(lesson.uid)) chosen.set(lesson.uid, lesson);
    }
  }
  return [...chosen.values()];
}

/** The agents of a lesson: those of the tasks in which it was made or shown, and the one that it is for. */
function linksOf({ store: { lessons } }: GraphSources, { uid, scope, place }: StoredLesson): GraphLink[] {
  const agents = lessons.agentsOf(uid);
  if (scope === "agent" && place !== null && !agents.some(({ agent }) => agent === place))
    agents.push({ agent: place, made: 0, shown: 0 });
  return agents.map((agent) => ({ lesson: uid, ...agent }));
}

/** Returns the agents of all links: those of the lesson in the middle first, then by how often they made or were shown one. */
function agentsIn(links: readonly GraphLink[], middle: string): GraphAgent[] {
  const names = unique(links.map(({ agent }) => agent));
  const agents = names.map((agent) => {
    const own = links.filter((link) => link.agent === agent);
    const sum = (count: "made" | "shown") => own.reduce((total, link) => total + link[count], 0);
    return { agent, made: sum("made"), shown: sum("shown"), isOfMiddle: own.some(({ lesson }) => lesson === middle) };
  });
  return agents
    .sort(
      (a, b) =>
        Number(b.isOfMiddle) - Number(a.isOfMiddle) ||
        b.made + b.shown - a.made - a.shown ||
        (a.agent < b.agent ? -1 : 1),
    )
    .map(({ isOfMiddle: _, ...agent }) => agent);
}

function errorOf({ store: { lessons }, redactor }: GraphSources, signature: string): GraphError {
  const { lastMetMs, ...counts } = lessons.metError(signature);
  return {
    signature: redactor.redact(signature),
    ...counts,
    last_met_at: lastMetMs === null ? null : iso(lastMetMs),
  };
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
