/** The document of a small service about damaged goods, for tests. */

export const REPORTS_YAML = `
openapi: 3.1.0
info: { title: Damage reports, version: 1.3.0 }
paths:
  /reports:
    get:
      operationId: listReports
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100, default: 20 } }
        - { name: kind, in: query, schema: { $ref: "#/components/schemas/Kind" } }
        - { name: tags, in: query, schema: { type: array, items: { type: string, maxLength: 20 }, maxItems: 5 } }
      responses:
        "200":
          description: A page.
          headers:
            X-Total: { required: true, schema: { type: integer, minimum: 0 } }
          content:
            application/json:
              schema:
                type: object
                required: [items, next]
                additionalProperties: false
                properties:
                  items: { type: array, items: { $ref: "#/components/schemas/Report" } }
                  next: { type: [string, "null"] }
        "422": { $ref: "#/components/responses/Problem" }
    post:
      operationId: createReport
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: "#/components/schemas/Report" } }
      responses:
        "201":
          description: Created.
          headers:
            Location: { required: true, schema: { type: string } }
          content:
            application/json: { schema: { $ref: "#/components/schemas/Report" } }
        "400": { $ref: "#/components/responses/Problem" }
        "415": { $ref: "#/components/responses/Problem" }
        "422": { $ref: "#/components/responses/Problem" }
  /reports/{id}:
    parameters:
      - { $ref: "#/components/parameters/ReportId" }
    get:
      responses:
        "200":
          description: One report.
          content:
            application/json: { schema: { $ref: "#/components/schemas/Report" } }
        "404": { $ref: "#/components/responses/Problem" }
        "422": { $ref: "#/components/responses/Problem" }
    patch:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              minProperties: 1
              properties:
                reason: { $ref: "#/components/schemas/Reason" }
                quantity: { $ref: "#/components/schemas/Quantity" }
      responses:
        "200":
          description: Changed.
          content:
            application/json: { schema: { $ref: "#/components/schemas/Report" } }
        "400": { $ref: "#/components/responses/Problem" }
        "404": { $ref: "#/components/responses/Problem" }
        "415": { $ref: "#/components/responses/Problem" }
        "422": { $ref: "#/components/responses/Problem" }
    delete:
      responses:
        "204": { description: Deleted. }
        "404": { $ref: "#/components/responses/Problem" }
        "422": { $ref: "#/components/responses/Problem" }
  /reports/{reportId}/photos/{n}:
    put:
      parameters:
        - { name: reportId, in: path, required: true, schema: { type: string, format: uuid } }
        - { name: n, in: path, required: true, schema: { type: integer, minimum: 1, maximum: 6 } }
        - { name: X-Device, in: header, required: true, schema: { type: string, minLength: 1, maxLength: 20 } }
      requestBody:
        required: true
        content:
          text/plain: { schema: { type: string, maxLength: 200 } }
      responses:
        "204": { description: Kept. }
        "404": { $ref: "#/components/responses/Problem" }
        "415": { $ref: "#/components/responses/Problem" }
        "422": { $ref: "#/components/responses/Problem" }
  /healthz:
    get:
      responses:
        "200":
          description: It is well.
          content: { text/plain: { schema: { const: ok } } }
        "503": { description: It is not. }
components:
  parameters:
    ReportId: { name: id, in: path, required: true, schema: { type: string, format: uuid } }
  responses:
    Problem:
      description: What is wrong.
      content:
        application/problem+json:
          schema:
            type: object
            required: [title, status]
            properties: { title: { type: string }, status: { type: integer } }
  schemas:
    Kind: { type: string, enum: [broken, wet, missing] }
    Reason: { type: string, minLength: 1, maxLength: 1000 }
    Quantity: { type: integer, minimum: 1, maximum: 1000 }
    Report:
      type: object
      additionalProperties: false
      required: [id, createdAt, order, reason, kind, quantity]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        createdAt: { type: string, format: date-time, readOnly: true }
        order: { type: string, pattern: "^[A-Z]{2}-[0-9]{4}$" }
        reason: { $ref: "#/components/schemas/Reason" }
        kind: { $ref: "#/components/schemas/Kind" }
        quantity: { $ref: "#/components/schemas/Quantity" }
        email: { type: [string, "null"], format: email }
        place:
          type: object
          required: [warehouse]
          properties:
            warehouse: { type: string, minLength: 2, maxLength: 10 }
            shelf: { type: integer, minimum: 0 }
        tags: { type: array, maxItems: 5, items: { type: string, minLength: 1, maxLength: 20 } }
`;
