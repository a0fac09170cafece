"use client";

import { Command } from "cmdk";
import { useRef, useState, useTransition } from "react";
import { useGo } from "@/components/going/use-go";
import { useEarlyEnter } from "@/components/ui/hooks/use-early-enter";
import { Modal } from "@/components/ui/modal";
import { Button } from "@/components/ui/parts";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import { useOtherTrees } from "./use-other-trees";

interface CompareDialogProps {
  treeId: string;
  onClosed: () => void;
}

/** Asks with which tree to compare: its forks and its origin first, then the newest trees, or those that a search finds. */
export function CompareDialog({ treeId, onClosed }: CompareDialogProps) {
  const { push } = useGo();
  const [search, setSearch] = useState("");
  const [isGoing, start] = useTransition();
  const { trees, isSearching, problem } = useOtherTrees(treeId, search);
  const list = useRef<HTMLDivElement>(null);
  const onEnter = useEarlyEnter(list, isSearching);
  return (
    <Modal title="Compare with…" onClosed={onClosed} wide>
      {(dismiss) => (
        <Command
          shouldFilter={false}
          loop
          vimBindings={false}
          label="Trees"
          className="mt-3"
          onKeyDownCapture={onEnter}
        >
          <Command.Input
            className="h-control w-full rounded-control border border-control bg-raised px-2"
            placeholder="Find a tree by its title or id"
            value={search}
            maxLength={200}
            onValueChange={setSearch}
            data-first-focus
          />
          <Command.List
            ref={list}
            label="Trees"
            className="mt-2 h-70 overflow-y-auto"
            aria-busy={isSearching || isGoing}
          >
            {trees.map((tree) => (
              <Command.Item
                key={tree.id}
                value={tree.id}
                className="flex h-8 cursor-pointer items-center gap-2 rounded-control px-2 aria-selected:bg-selected phone:h-11"
                onSelect={() => start(() => push(`/trees/${treeId}/compare/${tree.id}`))}
              >
                <StatusGlyph status={shownStatusOfTree(tree)} />
                <span className="min-w-0 flex-auto truncate">{tree.title}</span>
                <span className="text-small whitespace-nowrap text-ink-3">
                  {tree.kin ? `${tree.kin} · ` : ""}
                  <Clock at={tree.created_at} />
                </span>
              </Command.Item>
            ))}
          </Command.List>
          <p role="status" className="min-h-5 px-2 text-ink-2">
            {problem ?? stateOf({ isGoing, isSearching, isEmpty: trees.length === 0, search: search.trim() })}
          </p>
          <div className="mt-3 flex justify-end">
            <Button onClick={dismiss}>Cancel</Button>
          </div>
        </Command>
      )}
    </Modal>
  );
}

interface DialogState {
  isGoing: boolean;
  isSearching: boolean;
  isEmpty: boolean;
  search: string;
}

function stateOf({ isGoing, isSearching, isEmpty, search }: DialogState): string {
  if (isGoing) return "Comparing…";
  if (!isEmpty || isSearching) return "";
  return search ? `No other tree has “${search}” in its title.` : "There is no other tree yet.";
}
