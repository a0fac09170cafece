import Link from "next/link";
import type { Tree } from "@/core/shapes/shapes";

/** The runner that has the tree's folders, or the pool that it waits for. */
export function WorksOn({ place, isOver }: { place: NonNullable<Tree["place"]>; isOver: boolean }) {
  const { pool, runner, is_held } = place;
  const does = isOver ? "worked on" : runner === null && is_held ? "waits for a runner of" : "works on";
  return <At does={does} where={runner === null ? `the pool ${pool}` : `${runner} of the pool ${pool}`} />;
}

/** The pool on which the tree is checked. */
export function CheckedOn({ pool }: { pool: string }) {
  return <At does="checked on" where={`the pool ${pool}`} />;
}

function At({ does, where }: { does: string; where: string }) {
  return (
    <p className="min-w-0 truncate text-small text-ink-3">
      {does}{" "}
      <Link className="link" href="/operations/runners">
        {where}
      </Link>
    </p>
  );
}
