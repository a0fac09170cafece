import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { Modal } from "@/components/ui/modal";
import { Say } from "@/components/ui/parts";
import { withoutDisguise } from "@/core/words/visible";

const POLL_MS = 1_500;
/** The end of a log is what a person looks for. */
const MOST_SHOWN = 30_000;

interface LogDialogProps {
  of?: "environments" | "promotions";
  id: string;
  name: string;
  onClosed: () => void;
}

/** What an environment, or the commands of a promotion, printed, while they print. */
export function LogDialog({ of = "environments", id, name, onClosed }: LogDialogProps) {
  const { text, fault } = useLog(of, encodeURIComponent(id));
  return (
    <Modal title={`Log of ${name}`} wide onClosed={onClosed}>
      {() => (
        <>
          {fault === null ? null : <Say look="bad">{fault}</Say>}
          <pre className="mt-3 whitespace-pre-wrap rounded-control bg-code p-3 wrap-anywhere">
            {text === "" ? "It has printed nothing yet." : withoutDisguise(text)}
          </pre>
        </>
      )}
    </Modal>
  );
}

function useLog(of: "environments" | "promotions", id: string): { text: string; fault: string | null } {
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    let after = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        const piece = await fetchJson(`${of}/${id}/log?after=${after}`, ending.signal);
        after = piece.next;
        setFault(null);
        if (piece.text !== "") setText((before) => (before + piece.text).slice(-MOST_SHOWN));
        // A long log comes in pieces, one after the other.
        timer = setTimeout(read, piece.text === "" ? POLL_MS : 0);
      } catch (error) {
        if (ending.signal.aborted) return;
        setFault(error instanceof Error ? error.message : String(error));
        timer = setTimeout(read, POLL_MS);
      }
    };
    void read();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [of, id]);
  return { text, fault };
}
