import type { MetadataRoute } from "next";

/**
 * Returns the web app manifest, with which a phone can install Banyan. Browsers fetch it without cookies, so it needs
 * no session. The icons in `public/icons` and `apple-icon.png` show the mark of `icon.svg` in white on the accent blue.
 */
export default function manifest(): MetadataRoute.Manifest {
  const icon = (file: string, size: number, purpose: "any" | "maskable") => ({
    src: `/icons/${file}`,
    sizes: `${size}x${size}`,
    type: "image/png",
    purpose,
  });
  return {
    name: "Banyan",
    short_name: "Banyan",
    description: "AI agents solve a task by growing a tree of subtasks, under a person's eye and control.",
    id: "/",
    start_url: "/",
    display: "standalone",
    background_color: "#ffffff",
    theme_color: "#2353c4",
    icons: [
      icon("icon-192.png", 192, "any"),
      icon("icon-512.png", 512, "any"),
      icon("maskable-512.png", 512, "maskable"),
    ],
  };
}
