"use client";

import Link from "next/link";
import type { ImportedServer } from "@/agents/application";
import { TextDiff } from "@/components/diff/text-diff";
import { useGo } from "@/components/going/use-go";
import { sendJson } from "@/components/http/send-json";
import { refreshPage } from "@/components/refresh/refresh-page";
import { buttonLook } from "@/components/ui/button-look";
import { SectionHead } from "@/components/ui/page/section";
import { Button, Say } from "@/components/ui/parts";
import type { ToolVersionTexts } from "@/core/shapes/tools";
import { useLongCall } from "../use-long-call";
import { WaitingLine } from "../waiting-line";

interface VersionDiffProps {
  name: string;
  texts: ToolVersionTexts;
  /** The current version. */
  live: number;
  mayRestore: boolean;
}

/**
 * What a version changed. Restoring an older version of a server starts the server with that configuration, as a new
 * version.
 */
export function VersionDiff({ name, texts: { version, text, before, entry }, live, mayRestore }: VersionDiffProps) {
  const go = useGo();
  const { since, problem, run, giveUp } = useLongCall();
  const path = `/tools/${encodeURIComponent(name)}`;

  async function restore(): Promise<void> {
    const headers = { "if-match": `"${live}"` };
    const done = await run((signal) =>
      sendJson<{ server: ImportedServer }>("PUT", path.slice(1), { server: entry }, { signal, headers }),
    );
    if (!done) return;
    go.after.push(path);
    refreshPage();
  }

  return (
    <section className="mt-6 first:mt-0" aria-labelledby="version">
      <SectionHead>
        <h2 id="version">Version {version}</h2>
        <span className="text-ink-3">
          {version === live ? "current, " : ""}
          {before ? `compared with version ${before.version}` : "first version"}
        </span>
        <span className="ml-auto">
          <Link className={buttonLook("quiet")} href={path}>
            Close
          </Link>
        </span>
      </SectionHead>
      {before && before.text === text ? (
        <p className="py-2 text-ink-2">
          {mayRestore
            ? "No changes: the server was only tested again."
            : "No changes except perhaps in settings, which only admins see."}
        </p>
      ) : (
        <TextDiff name={`${name} version ${version}`} before={before?.text ?? ""} after={text} />
      )}
      {problem ? (
        <Say look="bad" role="alert">
          {problem}
        </Say>
      ) : null}
      {since ? <WaitingLine what={`Starting ${name} with version ${version}.`} since={since} giveUp={giveUp} /> : null}
      {entry && version !== live && mayRestore && !since ? (
        <p className="flex flex-wrap items-center gap-2 mt-3">
          <Button onClick={() => void restore()}>Restore this version and start the server</Button>
        </p>
      ) : null}
    </section>
  );
}
