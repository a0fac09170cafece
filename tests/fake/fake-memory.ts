/** Memory of the fake server, which has learnt nothing. */
import { type Queries, UserError } from "@/agents/application";
import { MEMORY_DEFAULTS } from "@/core/lessons/holdout";
import { liftOf } from "@/core/lessons/lift";

const NO_KINDS = { approach: 0, error_fix: 0, optimisation: 0, fact: 0, recovery: 0, time: 0 };
const NONE = { candidate: 0, live: 0, retired: 0 };

export const FAKE_MEMORY: Pick<
  Queries,
  | "listLessons"
  | "listLessonsOfTask"
  | "listLessonTrees"
  | "getLesson"
  | "getLessonGraph"
  | "getMemory"
  | "exportLessons"
> = {
  listLessons: async () => ({ items: [], next: null, counts: NONE, kinds: NO_KINDS, waiting: 0 }),
  listLessonsOfTask: async () => [],
  listLessonTrees: async () => [],
  getLesson: async (id) => {
    throw new UserError("not_found", `There is no lesson ${id}.`);
  },
  getLessonGraph: async () => ({
    total: 0,
    lessons: [],
    errors: [],
    agents: [],
    repositories: [],
    links: [],
    more: { of_error: 0, of_place: 0, agents: 0 },
    examples: [],
    answer: null,
  }),
  getMemory: async () => ({
    ...MEMORY_DEFAULTS,
    counts: NONE,
    waiting: 0,
    retired: { by_counts: 0, by_people: 0, merged: 0 },
    known: { lessons: 0, shown: 0, helped: 0, harmed: 0 },
    days: 90,
    lift: liftOf([]),
    places: [],
  }),
  exportLessons: async () => ({ banyan_lessons: 1, lessons: [] }),
};
