import type { Task } from "@/core/shapes/shapes";
import { Claims } from "../sections/claims";

/** The claims of an ended task with their marks, open. */
export function Evidence({ detail }: { detail: Task }) {
  return detail.verdict ? <Claims verdict={detail.verdict} tries={detail.tries} startsOpen /> : null;
}
