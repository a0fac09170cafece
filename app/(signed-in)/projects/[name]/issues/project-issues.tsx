"use client";

import { useEffect, useRef, useState } from "react";
import { usePolled } from "@/components/http/use-polled";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { ForgeOfProject } from "@/core/shapes/forges";
import type { Project } from "@/core/shapes/projects";
import { forgeOfAddress, forgeWords } from "@/core/words/projects";
import { ForgeActs, type ForgeRights } from "./forge-acts";
import { ForgeFacts } from "./forge-facts";
import { IssueList } from "./issue-list";
import { LinkForge } from "./link-forge";
import { type NewHook, NewHookBox } from "./new-hook";

const POLL_MS = 5_000;

interface ProjectIssuesProps extends ForgeRights {
  project: Pick<Project, "name" | "address" | "check">;
  /** Null: it is not linked. */
  forge: ForgeOfProject | null;
}

/** The issues of a project's forge that became work; before the link, what a link does. */
export function ProjectIssues({ project, forge, ...rights }: ProjectIssuesProps) {
  const [hook, setHook] = useState<NewHook | null>(null);
  return (
    <Section id="issues" title="Issues" beside={forge?.issues_total || null}>
      {hook === null ? null : <NewHookBox key={hook.secret} hook={hook} onClose={() => setHook(null)} />}
      {forge === null ? (
        <Unlinked project={project} mayLink={rights.mayLink} onLinked={setHook} />
      ) : (
        <Linked project={project} start={forge} onHook={setHook} {...rights} />
      )}
    </Section>
  );
}

type UnlinkedProps = Pick<ProjectIssuesProps, "project" | "mayLink"> & { onLinked: (hook: NewHook | null) => void };

function Unlinked({ project: { name, address }, mayLink, onLinked }: UnlinkedProps) {
  const [isOpen, setOpen] = useState(false);
  const forge = forgeOfAddress(address);
  const title = `Link with ${forge?.name ?? "its forge"}`;
  return (
    <>
      <p className="py-2 text-ink-2">
        Link it with its forge: an issue that gets a label of your choice becomes a tree here, and what the tree changes
        becomes a {forgeWords(forge?.kind ?? null).pull} there.
      </p>
      {mayLink ? <Button onClick={() => setOpen(true)}>{title}</Button> : null}
      {isOpen ? (
        <LinkForge
          project={name}
          title={title}
          kind={forge?.kind ?? null}
          secret={forge?.secret ?? null}
          onClosed={() => setOpen(false)}
          onLinked={onLinked}
        />
      ) : null}
    </>
  );
}

type LinkedProps = Pick<ProjectIssuesProps, "project"> &
  ForgeRights & { start: ForgeOfProject; onHook: (hook: NewHook) => void };

function Linked({ project, start, ...rights }: LinkedProps) {
  const { name, check } = project;
  const path = `projects/${encodeURIComponent(name)}/forge` as const;
  const [given, setGiven] = useState<{ forge: ForgeOfProject | null }>({ forge: start });
  if (given.forge !== start) setGiven({ forge: start });
  const { value, again } = usePolled(path, given, POLL_MS);
  const forge = value.forge ?? start;
  useTreesOf(value.forge);
  return (
    <>
      <ForgeFacts forge={forge} />
      <ForgeActs project={name} forge={forge} again={again} {...rights} />
      {check === null ? (
        <p className="mt-2 text-ink-2">
          Without a check, a judge alone says whether an issue is resolved. Confirm the check above.
        </p>
      ) : null}
      {forge.issues.length === 0 ? (
        <p className="py-2 text-ink-2">
          No issues yet. Put the label <code>{forge.label}</code> on an issue, assign it to{" "}
          {forge.login ?? "Banyan’s account"}, or write a comment there that begins with <code>/banyan</code>.
        </p>
      ) : (
        <IssueList forge={forge} />
      )}
    </>
  );
}

/** Reads the page's lists of trees again when an issue has moved on, because no feed brings them. */
function useTreesOf(forge: ForgeOfProject | null): void {
  const mark = forge === null ? null : forge.issues.map(({ number, state }) => `${number} ${state}`).join();
  const seen = useRef(mark);
  useEffect(() => {
    if (seen.current === mark) return;
    seen.current = mark;
    refreshPage();
  }, [mark]);
}
