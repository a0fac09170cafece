import { UserError } from "@/agents/application";
import type { Store } from "@/db/store";

/** Returns the lesson with this id, or with the only id that begins so. Throws UserError. */
export function lessonOf({ lessons }: Pick<Store, "lessons">, id: string) {
  const [uid, other] = id === "" ? [] : lessons.like(id);
  const lesson = lessons.get(id) ?? (uid === undefined || other !== undefined ? null : lessons.get(uid));
  if (lesson) return lesson;
  if (other !== undefined) throw new UserError("invalid", `Several lessons have an id that begins with ${id}.`);
  throw new UserError("not_found", `There is no lesson ${id}.`);
}
