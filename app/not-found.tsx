import type { Metadata } from "next";
import Link from "next/link";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="gate" id="main">
      <div className="card">
        <h1>There is nothing at this address</h1>
        <p className="dim mt-2">
          The tree may have been deleted. <Link href="/trees">All trees</Link>
        </p>
      </div>
    </main>
  );
}
