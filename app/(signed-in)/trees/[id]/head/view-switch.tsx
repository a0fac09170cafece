"use client";

import { memo } from "react";
import { VIEWS, type ViewName } from "@/components/trees/tree-address";
import { Icon, type IconName } from "@/components/ui/icon";
import { Segments } from "@/components/ui/segments";

const WORDS: Record<ViewName, { word: string; icon: IconName }> = {
  goal: { word: "Goal", icon: "flag" },
  outline: { word: "Outline", icon: "list" },
  graph: { word: "Graph", icon: "graph" },
  timeline: { word: "Timeline", icon: "time" },
  files: { word: "Files", icon: "folder" },
};

const CONVERSATION = { word: "Conversation", icon: "comment" } as const;

/** The views of a tree, and the open one. */
export interface Views {
  view: ViewName;
  isGoal: boolean;
  /** The tree has one task: the conversation with it stands where the outline would. */
  isAlone: boolean;
  setView: (view: ViewName) => void;
}

export const ViewSwitch = memo(function ViewSwitch({
  view,
  isGoal,
  isAlone,
  setView,
  className = "",
}: Views & { className?: string }) {
  return (
    <Segments className={`[&>button]:w-8 [&>button]:justify-center [&>button]:px-0 ${className}`}>
      <legend className="sr-only">View</legend>
      {VIEWS.slice(isGoal ? 0 : 1).map((one) => {
        const { word, icon } = one === "outline" && isAlone ? CONVERSATION : WORDS[one];
        return (
          <button
            key={one}
            type="button"
            data-command={one === view ? undefined : `Show the ${word.toLowerCase()}`}
            aria-pressed={one === view}
            title={word}
            onClick={() => setView(one)}
          >
            <Icon name={icon} />
            <span className="sr-only">{word}</span>
          </button>
        );
      })}
    </Segments>
  );
});
