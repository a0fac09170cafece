import { Sentence } from "@/components/alert-strip";
import { Say } from "@/components/ui/parts";

/** Sentences about models in use that are gone, are about to be retired, or have no known limits. */
export function ModelNotes({ notes, className }: { notes: readonly string[]; className?: string }) {
  if (notes.length === 0) return null;
  return (
    <Say look="you" className={className}>
      {notes.map((note) => (
        <p key={note}>
          <Sentence text={note} />
        </p>
      ))}
    </Say>
  );
}
