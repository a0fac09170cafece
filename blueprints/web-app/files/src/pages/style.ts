/** The style of all pages, in the light or dark colors that the browser asks for. */
export const STYLE = `:root {
  color-scheme: light dark;
  --line: light-dark(#c8ccd0, #454a50);
  --accent: light-dark(#0b57d0, #8ab4f8);
  --error: light-dark(#b3261e, #f2b8b5);
  background: light-dark(#ffffff, #16181b);
  color: light-dark(#1b1e22, #e8eaed);
  font: 1rem/1.5 system-ui, sans-serif;
}
body { margin: 0 auto; max-width: 64rem; padding: 0 1rem 3rem; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; align-items: baseline; padding: 1rem 0; border-bottom: 1px solid var(--line); }
header > a { font-weight: 600; }
nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; margin: 0; padding: 0; }
a { color: var(--accent); }
h1 { font-size: 1.5rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; }
label { display: block; font-weight: 600; }
form p { margin: 0 0 1rem; }
input:not([type="checkbox"]), select, textarea { box-sizing: border-box; width: 100%; max-width: 32rem; padding: 0.4rem; font: inherit; border: 1px solid var(--line); border-radius: 0.25rem; }
button { padding: 0.4rem 1rem; font: inherit; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[role="alert"] { color: var(--error); }
.hint { display: block; font-size: 0.875rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
`;
