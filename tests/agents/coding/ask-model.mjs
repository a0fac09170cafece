/** How the coding agents for tests reach their model: by the address and the key of their environment. */

/**
 * Asks once. Resolves with the status, the answer as it came, and the text in it: the model's, or why there is none.
 * @param {string} text @param {{ model: string | undefined, stream?: boolean }} options
 */
export async function askModel(text, { model, stream = false }) {
  const answer = await fetch(`${process.env.ANTHROPIC_BASE_URL}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": process.env.ANTHROPIC_API_KEY ?? "" },
    body: JSON.stringify({
      model,
      max_tokens: 9_000,
      stream,
      messages: [{ role: "user", content: `agent ${text}` }],
    }),
  });
  const body = await answer.text();
  const isStream = stream && answer.status === 200;
  return { status: answer.status, body, text: isStream ? textOfEvents(body) : textOfAnswer(JSON.parse(body)) };
}

/** @param {string} body */
function textOfEvents(body) {
  const events = body.split("\n").filter((line) => line.startsWith("data: "));
  return events.map((line) => JSON.parse(line.slice("data: ".length)).delta?.text ?? "").join("");
}

/** @param {{ content?: { text?: string }[], error?: { message?: string } }} answer */
function textOfAnswer({ content, error }) {
  return content?.[0]?.text ?? error?.message ?? "";
}
