import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { enter } from "@/app/enter";

export const metadata: Metadata = { title: "Not found" };

/** Every address without a page. It is inside the frame, so that the navigation stays. */
export default async function MissingPage() {
  await enter();
  notFound();
}
