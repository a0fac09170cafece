/** The lessons that were shown most, read from the ends of the index `lessons_by_kind`, so that only the rows found there are sorted. */
import { LESSON_KINDS, LESSON_STATUSES, type LessonKind, type LessonStatus } from "@/core/lessons/lesson";
import { LESSON_COLUMNS } from "./rows";

/** Which are read; null: of every status, of every kind. */
export interface MostShown {
  status: LessonStatus | null;
  kind: LessonKind | null;
}

/**
 * Returns SQL for lessons, those that were shown most first. Parameters: `@limit`, `@offset`, `@most` (their sum), and
 * `@isSeed` (null: any).
 */
export function mostShownSql({ status, kind }: MostShown): string {
  const statuses = status === null ? LESSON_STATUSES : [status];
  const kinds = kind === null ? LESSON_KINDS : [kind];
  const parts = statuses.flatMap((one) =>
    kinds.map(
      (of) => `SELECT * FROM (SELECT id FROM lessons WHERE status = '${one}' AND kind = '${of}'
        AND (@isSeed IS NULL OR (reason IS 'seeded') = @isSeed) ORDER BY shown DESC, id DESC LIMIT @most)`,
    ),
  );
  return `
    SELECT ${LESSON_COLUMNS} FROM (${parts.join(" UNION ALL ")}) one CROSS JOIN lessons lesson ON lesson.id = one.id
    ORDER BY lesson.shown DESC, lesson.id DESC LIMIT @limit OFFSET @offset`;
}
