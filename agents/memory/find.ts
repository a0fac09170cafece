/** Finds the lessons that a task may be shown. */
import type { FoundLesson } from "@/core/lessons/show";
import { wordsOf } from "@/core/lessons/words";
import type { Lessons } from "@/db/memory/lessons";

interface LessonNeed {
  treeId: number;
  agent: string;
  /** What the task is about; empty: only the error counts. */
  text: string;
  /** The signature of its error; null without one. */
  signature: string | null;
}

/** Lessons that may be shown, with the words by which they are compared. */
interface LessonsFound {
  lessons: FoundLesson[];
  words: ReadonlySet<string>;
}

export interface LessonFinding {
  /** Whether lessons are shown to anybody. */
  isOn(): boolean;
  /** Returns live lessons that apply in the tree's repository and to the agent, and may be believed; null for none. */
  find(need: LessonNeed): LessonsFound | null;
  /** Returns these lessons in this order, without those that were retired or removed since a person named them. */
  named(ids: readonly string[]): FoundLesson[];
}

/** The first words say what a task is about; the rest is material. */
const MOST_CHARS = 4_000;
const MOST_WORDS = 60;

export function createLessonFinding(
  lessons: Pick<Lessons, "settings" | "hasLive" | "get" | "bySignature" | "byWords" | "repositoryOf">,
): LessonFinding {
  return {
    isOn: () => lessons.settings().on,
    named: (ids) =>
      ids.flatMap((id) => {
        const lesson = lessons.get(id);
        return lesson && lesson.status !== "retired" ? [lesson] : [];
      }),
    find({ treeId, agent, text, signature }) {
      if (!lessons.settings().on || !lessons.hasLive()) return null;
      const words = wordsOf(text.slice(0, MOST_CHARS), MOST_WORDS);
      let reader: { repository: string | null; agent: string } | undefined;
      // Read each time: the number of a deleted tree is given to a later one, which may work elsewhere.
      const here = () => {
        reader ??= { repository: lessons.repositoryOf(treeId), agent };
        return reader;
      };
      const found = [
        ...(signature === null ? [] : lessons.bySignature(signature, here)),
        ...(words.length === 0 ? [] : lessons.byWords(words, here)),
      ];
      if (found.length === 0) return null;
      const unique = [...new Map(found.map((lesson) => [lesson.uid, lesson])).values()];
      return { lessons: unique, words: new Set(words) };
    },
  };
}
