"use client";

import { useEffect, useState } from "react";
import { sendJson } from "@/components/http/send-json";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Hint } from "@/components/ui/hint";
import { Button, Say } from "@/components/ui/parts";
import type { ServerPreview } from "@/core/shapes/tools";
import { plural } from "@/core/words/figures";
import { previewServers } from "./actions";
import type { Added } from "./added-servers";
import { AddedServers } from "./added-servers";
import { PreviewedServerItem } from "./previewed-server";
import type { LongCall } from "./use-long-call";
import { WaitingLine } from "./waiting-line";

interface ServerPreviewBoxProps {
  text: string;
  /** The call that adds the servers. The form above is locked while it runs. */
  call: LongCall;
  onBack: () => void;
  onClose: () => void;
  /** Called after the servers were added, even if they do not answer. */
  onAdded: () => void;
}

/** Shows the servers to add with their risks, adds and starts them, then shows the results. */
export function ServerPreviewBox({ text, call, onBack, onClose, onAdded }: ServerPreviewBoxProps) {
  const { preview, refused } = usePreview(text);
  const [added, setAdded] = useState<Added | null>(null);
  const { since, problem, run, giveUp } = call;

  async function add(): Promise<void> {
    const done = await run((signal) => sendJson<Added>("POST", "tools/import", { text }, { signal }));
    if (!done) return;
    setAdded(done);
    onAdded();
    refreshPage();
  }

  if (added) return <AddedServers added={added} onClose={onClose} />;
  const failure = refused ?? (preview?.servers.length === 0 ? (preview.problems[0] ?? null) : null);
  if (failure !== null)
    return (
      <div className="stack mt-4">
        <Say look="bad" role="alert">
          {failure}
        </Say>
        <div className="flex flex-wrap items-center gap-2">
          <Button onClick={onBack}>Back to edit</Button>
        </div>
      </div>
    );
  if (!preview) return <Hint className="mt-4!">Reading…</Hint>;
  const count = preview.servers.length;
  return (
    <div className="stack mt-4" aria-live="polite">
      <h3>Preview</h3>
      <ul className="*:border-b *:border-line">
        {preview.servers.map((server) => (
          <PreviewedServerItem key={server.name} server={server} />
        ))}
      </ul>
      {preview.problems.map((sentence) => (
        <Say look="bad" key={sentence}>
          {sentence}
        </Say>
      ))}
      {problem ? (
        <Say look="bad" role="alert">
          {problem}
        </Say>
      ) : null}
      {since ? (
        <WaitingLine what={`Adding ${plural(count, "server")} and starting each once.`} since={since} giveUp={giveUp} />
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" onClick={() => void add()}>
            Add and start {count === 1 ? preview.servers[0]?.name : plural(count, "server")}
          </Button>
          <Button onClick={onBack}>Back</Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      )}
    </div>
  );
}

/** Returns the preview of the text from the server, which stores nothing. */
function usePreview(text: string): { preview: ServerPreview | null; refused: string | null } {
  const [preview, setPreview] = useState<ServerPreview | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  useEffect(() => {
    let isGone = false;
    previewServers(text)
      .then((found) => {
        if (isGone) return;
        if (found.ok) setPreview(found.preview);
        else setRefused(found.sentence);
      })
      .catch(() => !isGone && setRefused("The server did not answer. Your input is kept. Try again."));
    return () => {
      isGone = true;
    };
  }, [text]);
  return { preview, refused };
}
