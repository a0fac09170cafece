"use client";

import { useRef, useState } from "react";
import { sendJson } from "@/components/http/send-json";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Hint } from "@/components/ui/hint";
import { Button, Say } from "@/components/ui/parts";
import type { ServerPreview } from "@/core/shapes/tools";
import { plural } from "@/core/words/figures";
import type { Added } from "./added-servers";
import { AddedServers } from "./added-servers";
import { StepButtons } from "./parts/step-buttons";
import type { Look } from "./parts/use-preview";
import { PreviewedServerItem } from "./previewed-server";
import type { LongCall } from "./use-long-call";
import { WaitingLine } from "./waiting-line";

interface ServerPreviewBoxProps {
  /** What was read of the text; null while it is read. */
  look: Look<string, ServerPreview> | null;
  /** The call that adds the servers. The form above is locked while it runs. */
  call: LongCall;
  /** Applies a mend to the text, which is then read again. */
  mend: (id: string) => Promise<void>;
  onBack: () => void;
  onClose: () => void;
  /** Called after the servers were added, even if they do not answer. */
  onAdded: () => void;
}

/** Shows the servers to add with their risks, adds and starts them, then shows the results. */
export function ServerPreviewBox({ look, call, mend, onBack, onClose, onAdded }: ServerPreviewBoxProps) {
  const [added, setAdded] = useState<Added | null>(null);
  const { since, problem, run, giveUp } = call;
  const heading = useRef<HTMLHeadingElement>(null);

  async function add(): Promise<void> {
    const done = await run((signal) => sendJson<Added>("POST", "tools/import", { text: look?.source }, { signal }));
    if (!done) return;
    setAdded(done);
    onAdded();
    refreshPage();
  }

  if (added) return <AddedServers added={added} onClose={onClose} />;
  if (!look) return <Hint className="mt-4!">Reading…</Hint>;
  const failure = look.ok
    ? look.preview.servers.length === 0
      ? (look.preview.problems[0] ?? look.preview.already[0] ?? null)
      : null
    : look.sentence;
  if (!look.ok || failure !== null)
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
  const { preview } = look;
  const count = preview.servers.length;
  return (
    <div className="stack mt-4" aria-live="polite">
      <h3 tabIndex={-1} ref={heading}>
        Preview
      </h3>
      <ul className="*:border-b *:border-line">
        {preview.servers.map((server) => (
          <PreviewedServerItem
            key={server.name}
            server={server}
            mend={(id) => {
              heading.current?.focus();
              void mend(id);
            }}
            isLocked={since !== null}
          />
        ))}
      </ul>
      {preview.already.map((sentence) => (
        <Say key={sentence}>{sentence}</Say>
      ))}
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
        <StepButtons
          action={`Add and start ${count === 1 ? preview.servers[0]?.name : plural(count, "server")}`}
          act={() => void add()}
          onBack={onBack}
          onCancel={onClose}
        />
      )}
    </div>
  );
}
