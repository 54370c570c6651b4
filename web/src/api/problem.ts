// What the server says when it refuses (application/problem+json), as an error that can be thrown.

export interface FieldProblem {
  field: string;
  message: string;
  fix?: string | null;
}

/** A refused or failed request. `status` 0 means that the server could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldProblem[];
  /** Whatever else the problem carries, such as the new `plan`. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Record<string, unknown>) {
    super(sentence(status, body));
    this.name = "ApiProblem";
    this.status = status;
    this.code = typeof body.code === "string" ? body.code : `http_${status}`;
    this.fields = Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : [];
    this.body = body;
  }

  /** The first piece of advice on how to put it right, unless the message gives it already. */
  get fix(): string | null {
    const fix = this.fields.find((field) => field.fix)?.fix ?? null;
    return fix !== null && this.message.includes(fix) ? null : fix;
  }

  /** Whether the write was based on an older revision of the project. */
  get isStale(): boolean {
    return this.code === "stale_revision";
  }
}

function sentence(status: number, body: Record<string, unknown>): string {
  if (typeof body.detail === "string" && body.detail) return body.detail;
  if (typeof body.title === "string" && body.title) return body.title;
  return status === 0
    ? "The server cannot be reached."
    : `The server answered with status ${status}.`;
}

export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail =
    error instanceof TypeError ? "" : error instanceof Error ? error.message : String(error);
  return new ApiProblem(0, { detail });
}
