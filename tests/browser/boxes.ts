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
