import { expect, test } from "vitest";
import { saysTooLong } from "./too-long";

test.each([
  "This model's maximum prompt length is 40000 but the request contains 52345 tokens.",
  "Your request exceeded model token limit: 131072 (requested: 140001)",
  "prompt token count of 130455 exceeds the limit of 128000",
  "Range of input length should be [1, 98304]",
  "invalid params, context window exceeds limit (2013)",
  "Input length 33000 exceeds the maximum length of 32768",
  "tokens in request more than max tokens allowed",
  "The input (34000 tokens) is longer than the model's context length (32768 tokens).",
  "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
  "prompt is too long: 210000 tokens > 200000 maximum",
  "Your input exceeds the context window of this model. Please adjust your input and try again.",
  "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000",
  "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3900 `inputs` tokens and 1000 `max_new_tokens`",
  "too many tokens: total number of tokens in the prompt cannot exceed 4081",
  "The sequence length 9000 is longer than the maximum sequence length 8192",
  "Input is too long for requested model.",
  "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
  "the request exceeds the available context size, try increasing it",
  "Prompt exceeds max length",
  "Total tokens of image and text exceed max message tokens",
  "The number of tokens to keep from the initial prompt is greater than the context length",
  "Requested token count exceeds the model's maximum context length of 32768 tokens.",
  "The total length of the prompt is too large for this model",
  "Conversation is too long",
  "The message you submitted was too long, please reload the conversation",
  "Trying to process 9000 tokens, more than the context of 8192",
  "输入长度超过模型限制",
  "Context overflow: the conversation does not fit",
])("means that the conversation is too long: %s", (text) => {
  expect(saysTooLong(text)).toBe(true);
});

test.each([
  "max_tokens is too large: 100000. This model supports at most 16384 completion tokens.",
  "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for this model",
  "Invalid 'tools': array too long. Expected an array with maximum length 128, but got 200 instead.",
  "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64.",
  "Rate limit reached: 30000 tokens per min",
  "Invalid value for 'temperature': must be at most 2",
  "The access token has expired",
  "Missing required parameter: messages",
  "unknown field prompt_cache_key",
  "messages.3: tool_use ids were found without tool_result blocks",
  "Invalid API key provided",
  "thinking budget_tokens must be greater than 1024",
])("means something else: %s", (text) => {
  expect(saysTooLong(text)).toBe(false);
});
