import type { Metadata } from "next";
import Link from "next/link";
import { Gate } from "@/components/ui/page/gate";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <Gate>
      <h1>Page not found</h1>
      <p className="text-ink-2 mt-2">
        The tree may have been deleted. <Link href="/trees">All trees</Link>
      </p>
    </Gate>
  );
}
