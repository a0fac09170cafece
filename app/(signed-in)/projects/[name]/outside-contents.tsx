"use client";

import Link from "next/link";
import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { Clock } from "@/components/ui/time";
import type { OutsideContent, Project } from "@/core/shapes/projects";

interface OutsideContentsProps {
  project: Project;
  mayClean: boolean;
}

/** Folders of the project that hold content from outside, and the way to say that one is clean. */
export function OutsideContents({ project, mayClean }: OutsideContentsProps) {
  const [opened, setOpened] = useState<string | null>(null);
  const found = project.repositories.flatMap(({ address, outside }) => (outside ? [{ address, outside }] : []));
  if (found.length === 0) return null;
  return (
    <Section id="outside" title="Content from outside">
      <p className="py-2 text-ink-2">
        A tree wrote here what may come from pages, repositories or servers. Tasks that begin here ask before they send
        anything.
      </p>
      <ul className="border-line border-t *:border-line *:border-b">
        {found.map(({ address, outside }) => (
          <li key={address} className="flex flex-wrap items-center gap-x-2 py-2">
            <p className="min-w-0 wrap-anywhere">
              {found.length > 1 ? <span className="block text-ink-2">{address}</span> : null}
              <Source outside={outside} />
            </p>
            {mayClean && outside.at !== null ? (
              <Button look="quiet" className="ml-auto" onClick={() => setOpened(address)}>
                It is clean…<span className="sr-only"> {address}</span>
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {opened === null ? null : (
        <RemovalDialog
          title="Is this folder clean?"
          button="It is clean"
          remove={() => operate("cleanFolder", { folder: opened })}
          onClosed={() => setOpened(null)}
          onDone={(_, dismiss) => {
            dismiss();
            refreshPage();
          }}
        >
          <p className="mt-2 wrap-anywhere">{opened}</p>
          <p className="mt-2 text-ink-2">
            Look through what came first: changed files, downloads, new branches. Tasks that begin from now on no longer
            ask because of it. Trees that have read it stay marked, and new content marks the folder again.
          </p>
        </RemovalDialog>
      )}
    </Section>
  );
}

function Source({ outside: { at, tree } }: { outside: OutsideContent }) {
  const from = tree ? <Link href={`/trees/${tree.id}`}>{tree.title}</Link> : "a tree that is gone";
  if (at === null) return <>{from} works here, and may bring more.</>;
  return (
    <>
      <Clock at={at} />, from {from}
    </>
  );
}
