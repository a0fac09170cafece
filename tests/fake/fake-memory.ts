/** Memory of the fake server: nothing was learnt there. */
import { type Queries, UserError } from "@/agents/application";
import { MEMORY_DEFAULTS } from "@/core/lessons/holdout";
import { liftOf } from "@/core/lessons/lift";

const NONE = { candidate: 0, live: 0, retired: 0 };

export const FAKE_MEMORY: Pick<Queries, "listLessons" | "getLesson" | "getMemory" | "exportLessons"> = {
  listLessons: async () => ({ items: [], counts: NONE }),
  getLesson: async (id) => {
    throw new UserError("not_found", `There is no lesson ${id}.`);
  },
  getMemory: async () => ({
    ...MEMORY_DEFAULTS,
    counts: NONE,
    known: { lessons: 0, shown: 0, helped: 0, harmed: 0 },
    days: 90,
    lift: liftOf([]),
    places: [],
  }),
  exportLessons: async () => ({ banyan_lessons: 1, lessons: [] }),
};
