import Link from "next/link";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";

export default function NotFound() {
  return (
    <Page>
      <PageBar>
        <h1>There is nothing at this address</h1>
      </PageBar>
      <PageBody>
        <p className="text-ink-2">
          What it named may have been deleted or renamed. <Link href="/trees">All trees</Link> and{" "}
          <Link href="/">what needs you</Link> are where they were.
        </p>
      </PageBody>
    </Page>
  );
}
