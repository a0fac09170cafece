import Link from "next/link";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";

export default function NotFound() {
  return (
    <Page>
      <PageBar>
        <h1>Page not found</h1>
      </PageBar>
      <PageBody>
        <p className="text-ink-2">
          It may have been deleted or renamed. Go to <Link href="/trees">all trees</Link> or{" "}
          <Link href="/">what needs you</Link>.
        </p>
      </PageBody>
    </Page>
  );
}
