import type { Metadata } from "next";
import { Gate } from "@/components/ui/page/gate";

export const metadata: Metadata = { title: "Not found" };

/** Every page loads this file, so it brings no code. */
export default function NotFound() {
  return (
    <Gate>
      <h1>Page not found</h1>
      <p className="text-ink-2 mt-2">
        The tree may have been deleted. <a href="/trees">All trees</a>
      </p>
    </Gate>
  );
}
