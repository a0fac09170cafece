/** A consistent specification for tests, which each test changes in one place. */
import type { Specification, Whole } from "@/core/specification/specification";

export function bookings(): Whole {
  const specification: Specification = {
    title: "Studio bookings",
    source: "A booking API for a small studio.",
    changes: [],
    language: "en",
    requirements: [
      { id: "R1", text: "A guest books a free slot." },
      { id: "R2", text: "The owner lists bookings." },
      {
        id: "N1",
        text: "Booking answers within 200 ms.",
        measure: {
          what: "latency_p95",
          operation: "POST /bookings",
          is: "at_most",
          number: 200,
          unit: "ms",
          at: "50 requests/s",
        },
      },
    ],
    ambiguities: [
      {
        id: "Q1",
        about: ["R1"],
        question: "May a guest cancel?",
        score: 0.6,
        answers: ["Until a day before", "Never"],
        default: "Until a day before",
      },
    ],
    contradictions: [],
    criteria: [
      {
        id: "C1",
        requirement: "R1",
        text: "A booked slot cannot be booked again.",
        check: { kind: "test", operation: "POST /bookings" },
      },
      {
        id: "C2",
        requirement: "R2",
        text: "The list has pages.",
        check: { kind: "contract", operation: "GET /bookings" },
      },
      { id: "C3", requirement: "N1", text: "The load test keeps to N1.", check: { kind: "load" } },
    ],
  };
  return {
    specification,
    entities: [{ name: "booking", fields: 3 }],
    operations: [
      { key: "POST /bookings", summary: "Book", requirements: ["R1"], schemas: ["NewBooking"] },
      { key: "GET /bookings", summary: "List", requirements: ["R2"], schemas: ["Booking"] },
    ],
  };
}
