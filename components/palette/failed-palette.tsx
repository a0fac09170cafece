import { Say } from "@/components/ui/parts";

/** Shown when the palette's code could not be loaded. */
export default function FailedPalette() {
  return (
    <Say look="bad" role="alert" className="m-3">
      The server did not send this part of the page. Reload the page when the connection is back.
    </Say>
  );
}
