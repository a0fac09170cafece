/** Routes that read memory. */
import { LESSONS, lessonsOf, named } from "./query";
import { lists, reads } from "./routes";

export const memoryRoutes = {
  "GET memory": reads((app) => app.queries.getMemory()),
  "GET memory/graph": reads(
    (app, { query }) =>
      app.queries.getLessonGraph({ lesson: named(query, "lesson"), question: named(query, "question") }),
    "lesson",
    "question",
  ),
  "GET tasks/:id/lessons": lists((app, { id }) => app.queries.listLessonsOfTask(id)),
  "GET lessons": reads((app, { query }) => app.queries.listLessons(lessonsOf(query)), ...LESSONS),
  "GET lessons/export": reads((app) => app.queries.exportLessons()),
  "GET lessons/:id/trees": lists((app, { id }) => app.queries.listLessonTrees(id)),
  "GET lessons/:id": reads((app, { id }) => app.queries.getLesson(id)),
};
