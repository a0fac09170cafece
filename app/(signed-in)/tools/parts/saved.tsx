import { Button, Say } from "@/components/ui/parts";

/** What a form that added a server of any kind says at its end. */
export function Saved({ sentence, onClose }: { sentence: string; onClose: () => void }) {
  return (
    <div className="stack mt-3">
      <Say look="good" role="status">
        {sentence} Add it to an agent’s tools, or let agents request it.
      </Say>
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={onClose}>Close</Button>
      </div>
    </div>
  );
}
