"use client";

import { useEffect, useState } from "react";
import type { ImportedServer } from "@/agents/application";
import { sendJson } from "@/components/http/send-json";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useForm } from "@/components/ui/forms/use-form";
import { entryOfFields, isSameEntry, type ServerFields } from "../server-fields";
import { useLongCall } from "../use-long-call";

export interface Changed {
  sentence: string;
  server: ImportedServer;
  problems: string[];
}

/** Who made the newer version that the form is not based on: somebody else, or perhaps a save of this form. */
export type Conflict = "theirs" | "unclear";

interface Live {
  name: string;
  /** The current version. */
  version: number;
  entry: Record<string, unknown>;
  onClose: () => void;
}

/** Saves the fields of a server over the version that the person has seen, and says when there is a newer one. */
export function useSave({ name, version, entry, onClose }: Live, fields: ServerFields, forget: () => void) {
  const form = useForm();
  const [baseVersion, setBaseVersion] = useState(version);
  const [changed, setChanged] = useState<Changed | null>(null);
  const [sent, setSent] = useState<Record<string, unknown> | null>(null);
  // The server finishes a save that nobody waits for, so a newer version may be this form's own.
  const [stopped, setStopped] = useState<Record<string, unknown>[]>([]);
  /** The version that holds what a save sent that was given up. */
  const [landed, setLanded] = useState<number | null>(null);
  const call = useLongCall();
  const { since, run, giveUp, forget: forgetProblem } = call;
  const isNewer = version > baseVersion && since === null;
  const isOwn = isNewer && stopped.some((one) => isSameEntry(one, entry));

  useEffect(() => {
    if (!isOwn) return;
    setBaseVersion(version);
    setLanded(version);
    setStopped((all) => all.filter((one) => !isSameEntry(one, entry)));
    // The problem says to look later, or that the person has read an earlier version.
    forgetProblem();
  }, [isOwn, version, entry, forgetProblem]);

  async function save(over = baseVersion): Promise<void> {
    const made = entryOfFields(fields);
    if (!made.ok) {
      form.refuse(made.field, made.sentence);
      return;
    }
    form.say(null);
    setSent(made.entry);
    setLanded(null);
    setChanged(null);
    const headers = { "if-match": `"${over}"` };
    const body = { server: made.entry };
    const done = await run((signal) =>
      sendJson<Changed>("PUT", `tools/${encodeURIComponent(name)}`, body, { signal, headers }),
    );
    refreshPage();
    if (!done) return;
    forget();
    setBaseVersion(over + 1);
    // The save that was given up may have come first, and then this one made a later version.
    setStopped((all) => (all.length > 0 ? [...all, made.entry] : all));
    setChanged(done);
    if (done.server.problem === null && done.problems.length === 0) onClose();
  }

  function stop(): void {
    if (sent) setStopped([...stopped, sent]);
    giveUp();
  }
  const conflict: Conflict | null = !isNewer || isOwn ? null : stopped.length > 0 ? "unclear" : "theirs";
  return { call, form, changed, conflict, landed, save, stop, rebase: () => setBaseVersion(version) };
}
