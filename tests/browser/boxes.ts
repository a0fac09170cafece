/** Checks of the boxes of a page: whether the ring of the focus can be seen whole, and whether anything covers a control. */
import type { Page } from "@playwright/test";

/** Returns the controls whose ring is cut when they have the focus from the keyboard, each with the box that cuts it. */
export async function clippedRings(page: Page): Promise<string[]> {
  // From here on the browser shows the ring of whatever gets the focus.
  await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const faults: string[] = [];
    for (const one of document.querySelectorAll<HTMLElement>(
      "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])",
    )) {
      const isSeen = one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (!isSeen || one.matches(":disabled, .sr-only") || one.getBoundingClientRect().width < 4) continue;
      one.focus();
      one.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      if (document.activeElement !== one || !one.matches(":focus-visible")) continue;
      const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(one);
      if (outlineStyle === "none") continue;
      const out = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
      const box = one.getBoundingClientRect();
      const ring = { left: box.left - out, top: box.top - out, right: box.right + out, bottom: box.bottom + out };
      const cut = cutBy(one, ring);
      if (cut) faults.push(`the ring of ${nameOf(one)} is cut by ${cut}`);
    }
    return [...new Set(faults)];

    function cutBy(from: HTMLElement, ring: Record<"left" | "top" | "right" | "bottom", number>): string | null {
      const isFixed = (element: Element) => getComputedStyle(element).position === "fixed";
      for (let above = from.parentElement; above && !isFixed(from); above = above.parentElement) {
        const style = getComputedStyle(above);
        const box = above.getBoundingClientRect();
        // Two pixels of a ring of two are the least that is no rounding.
        const room = 0.6;
        const cutsX = style.overflowX !== "visible" && (ring.left < box.left - room || ring.right > box.right + room);
        const cutsY = style.overflowY !== "visible" && (ring.top < box.top - room || ring.bottom > box.bottom + room);
        // A box that is larger than its scroller cannot be seen whole at once.
        const isLarger = ring.right - ring.left > box.width || ring.bottom - ring.top > box.height;
        const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
        if ((cutsX || cutsY) && !(isLarger && scrolls)) return `${above.tagName} ${above.className}`.slice(0, 120);
        if (isFixed(above)) return null;
      }
      return null;
    }

    function nameOf(element: HTMLElement): string {
      const words = element.getAttribute("aria-label") ?? element.textContent ?? "";
      return `${element.tagName} “${words.trim().slice(0, 40)}”`;
    }
  });
}

/** Returns the controls whose middle is covered by something else, after they were scrolled into view. */
export async function coveredControls(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    for (const one of document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")) {
      const isSeen = one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (!isSeen || one.matches(".sr-only, .sr-only *") || one.getBoundingClientRect().width < 4) continue;
      one.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      // The first line: a link that wraps has no middle.
      const box = one.getClientRects()[0];
      if (!box) continue;
      const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      const isOwn = !found || one.contains(found) || found.contains(one) || one.closest("label")?.contains(found);
      if (isOwn) continue;
      const words = one.getAttribute("aria-label") ?? one.textContent ?? "";
      faults.push(
        `${one.tagName} “${words.trim().slice(0, 40)}” is covered by ${found.tagName} ${found.className}`.slice(0, 200),
      );
    }
    return [...new Set(faults)];
  });
}

/** Returns the parts of rows whose texts run into each other, as columns do that have become too narrow. */
export async function collidingTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    interface Box {
      left: number;
      top: number;
      right: number;
      bottom: number;
    }
    const faults: string[] = [];
    for (const row of document.querySelectorAll<HTMLElement>("body *")) {
      if (!/^(grid|flex|inline-flex|table-row)$/.test(getComputedStyle(row).display) || !row.checkVisibility())
        continue;
      const parts = [...row.children].filter((part) => {
        const { position } = getComputedStyle(part);
        return position !== "absolute" && position !== "fixed" && position !== "sticky";
      });
      const boxes = parts.map((part) => textsIn(part));
      for (let one = 0; one < parts.length; one++)
        for (let other = one + 1; other < parts.length; other++)
          if (boxes[one]?.some((a) => boxes[other]?.some((b) => touch(a, b))))
            faults.push(`“${wordsOf(parts[one])}” and “${wordsOf(parts[other])}” run into each other`);
    }
    return [...new Set(faults)];

    function wordsOf(part: Element | undefined): string {
      return (part?.textContent ?? "").trim().slice(0, 40);
    }

    function touch(a: Box, b: Box): boolean {
      const [wide, high] = [
        Math.min(a.right, b.right) - Math.max(a.left, b.left),
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
      ];
      // Lines of text are higher than their letters.
      return wide > 1 && high > 6;
    }

    /** Returns the boxes of the texts that can be seen, cut where something cuts them. */
    function textsIn(part: Element): Box[] {
      const found: Box[] = [];
      const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const holder = node.parentElement;
        if (!holder || !node.textContent?.trim() || holder.closest(".sr-only")) continue;
        if (!holder.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
          let { left, top, right, bottom } = box;
          for (let above: Element | null = holder; above; above = above === part ? null : above.parentElement) {
            if (getComputedStyle(above).overflow === "visible") continue;
            const cut = above.getBoundingClientRect();
            [left, right] = [Math.max(left, cut.left), Math.min(right, cut.right)];
            [top, bottom] = [Math.max(top, cut.top), Math.min(bottom, cut.bottom)];
          }
          if (right - left > 1 && bottom - top > 1) found.push({ left, top, right, bottom });
        }
      }
      return found;
    }
  });
}
