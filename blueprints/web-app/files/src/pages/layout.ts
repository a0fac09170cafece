/** What all pages have around their content. */
import { type Content, type Html, html } from "./html.ts";
import { BASE, RESOURCES, TITLE } from "./resources.ts";

export function layout(title: string, content: Content): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === TITLE ? TITLE : `${title} · ${TITLE}`}</title>
<link rel="stylesheet" href="${BASE}/style.css">
</head>
<body>
<header>
<a href="${BASE}">${TITLE}</a>
<nav aria-label="Resources"><ul>${RESOURCES.map(({ name, title }) => html`<li><a href="${BASE}/${name}">${title}</a></li>`)}</ul></nav>
</header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}

export function errorText(message: string | undefined): Content {
  return message !== undefined && html`<p role="alert">${message}</p>`;
}
