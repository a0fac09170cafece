/** What trees and tasks say of runners. Pure. */

/** Why nothing of a tree runs. */
export function waitsForPool(pool: string): string {
  return `Waits for a runner of the pool ${pool} with a free slot`;
}

/** Why a ready task does not start. */
export function heldText(pool: string): string {
  return `Ready: it waits for a runner of the pool ${pool} with a free slot. It starts by itself.`;
}

/** Where a task works from here on, and what is gone. */
export function placedText({ runner, pool, lost }: { runner: string; pool: string; lost: string | null }): string {
  return `The folder is on the runner ${runner} of the pool ${pool} from here on.${lost === null ? "" : ` ${lost}`}`;
}
