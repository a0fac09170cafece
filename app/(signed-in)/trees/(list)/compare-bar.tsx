"use client";

import Link from "next/link";
import { useEffect } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { beginChoosing, type ChosenTree, endChoosing, useChosenTrees } from "./chosen-trees";

/** Begins to choose two trees. */
export function CompareButton() {
  const isOn = useChosenTrees() !== null;
  return (
    <Button
      icon="change"
      className="phone:hidden!"
      aria-pressed={isOn}
      data-command="Choose two trees to compare"
      onClick={isOn ? endChoosing : beginChoosing}
    >
      Compare
    </Button>
  );
}

/** Stays at the end of the list while a person chooses: what is chosen, and what is still missing. */
export function CompareBar({ chosen }: { chosen: readonly ChosenTree[] }) {
  const [a, b] = chosen;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      endChoosing();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <section
      className="sticky bottom-12 z-3 mx-6 my-3 flex min-w-0 flex-wrap items-center gap-2 rounded-lg border border-line-strong bg-raised px-3 py-2 shadow-float phone:bottom-16 phone:mx-4"
      aria-label="Compare"
    >
      <p className="min-w-0 flex-[1_1_200px] wrap-anywhere" role="status">
        {sentenceOf(chosen)}
      </p>
      <Button look="quiet" onClick={endChoosing}>
        Cancel
      </Button>
      {a && b ? (
        <Link
          className={buttonLook("primary")}
          href={`/trees/${a.id}/compare/${b.id}`}
          onClick={() => setTimeout(endChoosing)}
        >
          <Icon name="change" />
          Compare
        </Link>
      ) : null}
    </section>
  );
}

function sentenceOf([a, b]: readonly ChosenTree[]): string {
  if (!a) return "Choose two trees to compare.";
  return b ? `“${a.title}” and “${b.title}”` : `“${a.title}”: choose a second tree.`;
}
