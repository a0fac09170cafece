"use client";

import { VIEWS, type ViewName } from "@/components/trees/tree-address";
import { Icon, type IconName } from "@/components/ui/icon";
import { Segments } from "@/components/ui/segments";

const WORDS: Record<ViewName, { word: string; icon: IconName }> = {
  outline: { word: "Outline", icon: "list" },
  graph: { word: "Graph", icon: "graph" },
  timeline: { word: "Timeline", icon: "time" },
  files: { word: "Files", icon: "folder" },
};

interface ViewSwitchProps {
  view: ViewName;
  setView: (view: ViewName) => void;
}

export function ViewSwitch({ view, setView }: ViewSwitchProps) {
  return (
    <Segments className="phone:order-2 phone:[&>button]:px-2">
      <legend className="sr-only">View</legend>
      {VIEWS.map((one) => (
        <button
          key={one}
          type="button"
          data-command={one === view ? undefined : `Show the ${one}`}
          aria-pressed={one === view}
          onClick={() => setView(one)}
        >
          <Icon name={WORDS[one].icon} className="size-4 narrow:hidden" />
          {WORDS[one].word}
        </button>
      ))}
    </Segments>
  );
}
