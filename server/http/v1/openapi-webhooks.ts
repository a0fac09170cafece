/** The messages to webhooks in the API's description. `lib/webhooks/sign.ts` signs them. */
import { WEBHOOK_EVENTS, type WebhookBody } from "@/core/shapes/webhooks";

type Json = Record<string, unknown>;

const WHEN: Readonly<Record<WebhookBody["type"], string>> = {
  needs_you: "An item waits for a person, or a promotion waits for an approval.",
  tree_ended: "A tree succeeded or was stopped.",
  tree_failed: "A tree failed.",
  schedule_paused: "Banyan paused a schedule.",
  forge_stuck: "The link of a project with its forge brings no work.",
  limit: "A limit is near, reached or over, or everything was paused.",
  test: "Somebody tests the webhook.",
};

const HEADERS = [
  header("webhook-id", "The id of the message. Each try has the same: ignore an id that you already have."),
  header("webhook-timestamp", "When this try was sent, in seconds since 1970."),
  header(
    "webhook-signature",
    "`v1,` and the Base64 of the HMAC-SHA256 of `webhook-id.webhook-timestamp.body` (Standard Webhooks). The key is the Base64 text after `whsec_` of the webhook's secret.",
  ),
];

/** Returns the `webhooks` of the description, by event. */
export function describeWebhooks(): Json {
  return Object.fromEntries([...WEBHOOK_EVENTS, "test" as const].map((event) => [event, { post: messageOf(event) }]));
}

function messageOf(event: WebhookBody["type"]): Json {
  const tries =
    event === "test" ? "It is sent once." : "Without such an answer, Banyan sends it again for about a day.";
  return {
    operationId: `on${event.replace(/(^|_)([a-z])/g, (_, _line: string, letter: string) => letter.toUpperCase())}`,
    tags: ["webhooks"],
    summary: WHEN[event],
    description: `Banyan sends this to the webhooks that have the event. Answer with a 2xx status within 10 seconds. ${tries}`,
    security: [],
    parameters: HEADERS,
    requestBody: {
      required: true,
      description: "The message. Fields about other things are null or absent.",
      content: {
        "application/json": {
          schema: {
            allOf: [
              { $ref: "#/components/schemas/WebhookBody" },
              { type: "object", properties: { type: { const: event, description: "The event." } } },
            ],
          },
        },
      },
    },
    responses: {
      "2XX": { description: "The receiver has the message." },
      default: { description: "The receiver does not have the message. Redirects are not followed." },
    },
  };
}

function header(name: string, description: string): Json {
  return { name, in: "header", required: true, schema: { type: "string" }, description };
}
