import { Gate } from "@/components/ui/page/gate";

/** The same for a link that has ended and for one that never was, so that nobody learns which it is. */
export default function NoProof() {
  return (
    <Gate>
      <h1>No proof here</h1>
      <p className="mt-2 text-ink-2">
        The link has ended, or it is not complete. Ask the person who sent it for a new one.
      </p>
    </Gate>
  );
}
