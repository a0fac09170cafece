"use client";

import { useEffect, useState } from "react";
import { TOOL_PAGES } from "@/components/navigation-entries";
import { showAddress } from "@/components/refresh/refresh-page";
import { Icon } from "@/components/ui/icon";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { PageTabs } from "@/components/ui/page/page-tabs";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { HostPolicy } from "@/core/rules/policy";
import type { Role } from "@/core/rules/roles";
import type { ToolProposal } from "@/core/shapes/tools";
import { AddServer } from "./add-server";
import { AddAgent } from "./agents/add-agent";
import { AddApi } from "./apis/add-api";
import { ProposalRows } from "./proposal-rows";
import type { ToolRow } from "./tool-table";
import { ToolTable } from "./tool-table";
import { matches } from "./tool-words";
import { useListKeys } from "./use-list-keys";

interface ToolsViewProps {
  rows: ToolRow[];
  proposals: ToolProposal[];
  levels: HostPolicy["levels"];
  may: { add: boolean; policy: boolean; decide: boolean };
  role: Role;
}

const GROUPS = [
  {
    source: "mcp",
    word: "Servers, APIs and outside agents",
    what: "added by people, or proposed by agents and approved",
  },
  { source: "builtin", word: "Built in", what: "each agent gets the tools that it lists" },
  { source: "core", word: "Core", what: "every agent gets them" },
] as const;

/** All tools in groups, with their access, policy, calls and agents. */
export function ToolsView({ rows, proposals, levels, may, role }: ToolsViewProps) {
  const [query, setQuery] = useState("");
  const [isAdding, setAdding] = useAddress("add");
  const [isAddingApi, setAddingApi] = useAddress("add-api");
  const [isAddingAgent, setAddingAgent] = useAddress("add-agent");
  const isFree = may.add && !isAdding && !isAddingApi && !isAddingAgent;
  const shown = rows.filter(({ tool }) => matches(query, tool));
  const locked = may.policy ? null : `Only admins change policies. You are signed in as ${role}.`;
  const howToAdd = may.add
    ? "Add a server from a form, or several from a file."
    : `You are signed in as ${role}; ask an admin to add them.`;
  return (
    <Page>
      <PageBar className="phone:flex-wrap">
        <h1>Tools</h1>
        <FindTool query={query} setQuery={setQuery} />
        <span className="min-w-0 flex-auto" />
        {isFree ? (
          <>
            <Button icon="plus" onClick={() => setAddingAgent(true)}>
              Add agent
            </Button>
            <Button icon="plus" onClick={() => setAddingApi(true)}>
              Add API
            </Button>
            <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
              Add server
            </Button>
          </>
        ) : null}
      </PageBar>
      <PageTabs label="Tools" pages={TOOL_PAGES} />
      <PageBody className="w-full max-w-310">
        {isAddingApi && may.add ? <AddApi onClose={() => setAddingApi(false)} /> : null}
        {isAddingAgent && may.add ? <AddAgent onClose={() => setAddingAgent(false)} /> : null}
        {isAdding && may.add ? <AddServer onClose={() => setAdding(false)} /> : null}
        <ProposalRows proposals={proposals} mayDecide={may.decide} />
        {shown.length === 0 ? (
          <p className="text-ink-2">
            No tool matches “{query}”.{" "}
            <button type="button" className="link" onClick={() => setQuery("")}>
              Clear search
            </button>
          </p>
        ) : null}
        {GROUPS.map(({ source, word, what }) => {
          const own = shown.filter(({ tool }) => tool.source === source);
          if (own.length === 0 && (query !== "" || source !== "mcp")) return null;
          return (
            <Section
              key={source}
              id={`group-${source}`}
              title={word}
              beside={`${own.length > 0 ? `${own.length}, ` : ""}${what}`}
            >
              {own.length > 0 ? (
                <ToolTable rows={own} levels={levels} locked={locked} />
              ) : (
                <NoServers howToAdd={howToAdd} />
              )}
            </Section>
          );
        })}
        <p className="phone:hidden mt-4 text-ink-3 text-small">
          <kbd>/</kbd> find <kbd>j</kbd> <kbd>k</kbd> move <kbd>↵</kbd> open
        </p>
      </PageBody>
    </Page>
  );
}

function NoServers({ howToAdd }: { howToAdd: string }) {
  return (
    <p className="py-2 text-ink-2">
      No servers yet. A server is a program or an address that speaks the Model Context Protocol (MCP). {howToAdd}
    </p>
  );
}

function FindTool({ query, setQuery }: { query: string; setQuery: (query: string) => void }) {
  useListKeys();
  return (
    <div className="relative min-w-24 flex-[0_1_240px] phone:order-3 phone:flex-[1_1_100%]">
      <Icon
        name="search"
        className="pointer-events-none absolute top-[7px] left-2 size-3.5 text-ink-3 phone:top-[11px]"
      />
      <input
        type="search"
        className="pl-7"
        data-find
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
  );
}

/** A state for whether a part of the page is open, kept in the address. */
function useAddress(name: string): [boolean, (open: boolean) => void] {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(new URLSearchParams(window.location.search).has(name)), [name]);
  return [
    isOpen,
    (open) => {
      setOpen(open);
      showAddress(open ? `?${name}` : window.location.pathname);
    },
  ];
}
