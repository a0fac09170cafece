/** Shows and closes notifications, through a service worker where the browser has one: on Android pages may not show them. */
import { SERVICE_WORKER } from "@/components/away/service-worker";
import { actText } from "@/components/reviews/act";
import type { Review } from "@/core/shapes/shapes";
import { type NotifierOptions, noticeTitle } from "./notifier";

const ICON = "/icons/icon-192.png";

const addressOf = ({ id }: Pick<Review, "id">): string => `/review?item=${encodeURIComponent(id)}`;

interface Notices extends Pick<NotifierOptions, "show" | "tidy"> {
  close(): void;
}

/** All tabs use one tag, so an item is shown once. `open` is called with the address of an item when its notification is clicked. */
export function createNotices(open: (address: string) => void): Notices {
  // Absent in some private windows.
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  return container ? workerNotices(container, open) : pageNotices(open);
}

function workerNotices(container: ServiceWorkerContainer, open: (address: string) => void): Notices {
  const ready = container.register(SERVICE_WORKER).then(() => container.ready);
  // Without the worker nothing is shown; the next page tries again.
  ready.catch(() => {});
  const onMessage = ({ data }: MessageEvent<{ open?: unknown } | null>) => {
    if (typeof data?.open === "string") open(data.open);
  };
  container.addEventListener("message", onMessage);
  const closeAll = (shown: Promise<Notification[]>) =>
    void shown.then(
      (all) => all.forEach((one) => void one.close()),
      () => {},
    );
  return {
    show(item) {
      const options = { body: actText(item.act), tag: item.id, icon: ICON, data: { address: addressOf(item) } };
      const shown = ready.then((worker) => worker.showNotification(noticeTitle(item), options));
      shown.catch(() => {});
      return {
        close: () => closeAll(shown.then(() => ready).then((worker) => worker.getNotifications({ tag: item.id }))),
      };
    },
    tidy(waiting) {
      const shown = ready.then((worker) => worker.getNotifications());
      closeAll(shown.then((all) => all.filter(({ tag }) => !waiting.has(tag))));
    },
    close: () => container.removeEventListener("message", onMessage),
  };
}

function pageNotices(open: (address: string) => void): Notices {
  return {
    show(item) {
      try {
        const shown = new Notification(noticeTitle(item), { body: actText(item.act), tag: item.id, icon: ICON });
        shown.addEventListener("click", () => {
          open(addressOf(item));
          shown.close();
        });
        return shown;
      } catch {
        return null;
      }
    },
    tidy: () => {},
    close: () => {},
  };
}
