/** Entities with all that a list of them can say: bounds, unique values, choices and references. */
export const ENTITIES = `
title: Bookshop
entities:
  customer:
    summary: Somebody who buys books.
    fields:
      email: { type: text, required: true, unique: true, format: email, most: 200 }
      name: { type: text, least: 1, most: 100 }
  order:
    fields:
      customer_id: { type: reference, to: customer, required: true }
      total: { type: number, least: 0, required: true }
      state: { type: choice, choices: [open, paid, sent], required: true }
      gift: { type: boolean }
`;
