"use client";

import { useEffect, useRef, useState } from "react";
import type { ListedTool } from "@/agents/application";
import type { HostPolicy } from "@/agents/core/policy";
import type { Role } from "@/agents/core/roles";
import type { ToolProposal } from "@/agents/core/shapes-tools";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { AddServer } from "./add-server";
import { ProposalRows } from "./proposal-rows";
import { ToolTable } from "./tool-table";
import { matches } from "./tool-words";
import { useListKeys } from "./use-list-keys";

export interface ToolRow {
  tool: ListedTool;
  /** Names of those that have it. */
  agents: string[];
}

interface ToolsViewProps {
  rows: ToolRow[];
  proposals: ToolProposal[];
  levels: HostPolicy["levels"];
  may: { add: boolean; policy: boolean; decide: boolean };
  role: Role;
}

const GROUPS = [
  { source: "mcp", word: "Servers", what: "added by people, or proposed by agents and approved" },
  { source: "builtin", word: "Built in", what: "an agent has those that it lists" },
  { source: "core", word: "Core", what: "every agent has them" },
] as const;

/** What agents can call: in groups, what it reaches, what happens when it is called, and how it went so far. */
export function ToolsView({ rows, proposals, levels, may, role }: ToolsViewProps) {
  const [query, setQuery] = useState("");
  const [isAdding, setAdding] = useAddress("add");
  const find = useRef<HTMLInputElement>(null);
  useListKeys(find);
  const shown = rows.filter(({ tool }) => matches(query, tool));
  const locked = may.policy ? null : `Policies are an admin's to change; you are signed in as ${role}.`;
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Tools</h1>
        <div className="find toolfind">
          <Icon name="search" />
          <input
            ref={find}
            type="search"
            aria-label="Find a tool"
            placeholder="Find a tool"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") event.currentTarget.blur();
              if (event.key === "ArrowDown" || event.key === "Enter")
                document.querySelector<HTMLElement>("[data-row-link]")?.focus();
            }}
          />
        </div>
        <span className="grow" />
        {may.add && !isAdding ? (
          <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
            Add a server
          </Button>
        ) : null}
      </header>
      <div className="page toolpage">
        {isAdding && may.add ? <AddServer onClose={() => setAdding(false)} /> : null}
        <ProposalRows proposals={proposals} mayDecide={may.decide} />
        {shown.length === 0 ? (
          <p className="dim">
            No tool matches “{query}”.{" "}
            <button type="button" className="link" onClick={() => setQuery("")}>
              Show all
            </button>
          </p>
        ) : null}
        {GROUPS.map(({ source, word, what }) => {
          const own = shown.filter(({ tool }) => tool.source === source);
          if (own.length === 0 && (query !== "" || source !== "mcp")) return null;
          return (
            <section className="sect" aria-labelledby={`group-${source}`} key={source}>
              <header>
                <h2 id={`group-${source}`}>{word}</h2>
                <span className="faint">
                  {own.length > 0 ? `${own.length}, ` : ""}
                  {what}
                </span>
              </header>
              {own.length > 0 ? (
                <ToolTable rows={own} levels={levels} locked={locked} />
              ) : (
                <p className="dim py-2">
                  Servers of tools appear here: programs or addresses that speak the Model Context Protocol.{" "}
                  {may.add
                    ? "“Add a server” takes one from a form, or several from a file."
                    : `You are signed in as ${role}; an admin adds them.`}
                </p>
              )}
            </section>
          );
        })}
        <p className="foot keys small faint mt-4">
          <kbd>/</kbd> find <kbd>j</kbd> <kbd>k</kbd> move <kbd>↵</kbd> open
        </p>
      </div>
    </main>
  );
}

/** Whether a part of the page is open, kept in the address. */
function useAddress(name: string): [boolean, (open: boolean) => void] {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(new URLSearchParams(window.location.search).has(name)), [name]);
  return [
    isOpen,
    (open) => {
      setOpen(open);
      window.history.replaceState(null, "", open ? `?${name}` : window.location.pathname);
    },
  ];
}
