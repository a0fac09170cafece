/** Values never become markup. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html } from "../src/pages/html.ts";

test("values are escaped, and only parts that html made are not", () => {
  const hostile = `<script>alert("1")</script>' &`;
  const { text } = html`<p title="${hostile}">${[hostile, html`<b>${1}</b>`]}${false}${null}${undefined}</p>`;
  const escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; &amp;";
  assert.equal(text, `<p title="${escaped}">${escaped}<b>1</b></p>`);
});
