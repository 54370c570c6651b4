// The one place that speaks HTTP: a typed client over the generated schema, and what its answers hold.
import createClient from "openapi-fetch";
import { ApiProblem } from "./problem";
import type { paths } from "./schema";
import type { Full } from "./types";

/** Where the API is: beside the page. Outside a browser (unit tests) any name will do. */
const baseUrl = globalThis.location?.origin ?? "http://localhost";

export const http = createClient<paths>({ baseUrl, fetch: (request) => globalThis.fetch(request) });

interface RawAnswer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's data, or a thrown ApiProblem. */
export async function only<T>(request: Promise<RawAnswer<T>>): Promise<Full<T>> {
  const { data, error, response } = await request.catch((failure: unknown) => {
    throw new ApiProblem(0, { cause: String(failure) });
  });
  if (!response.ok) throw new ApiProblem(response.status, asObject(error));
  return data as Full<T>;
}

function asObject(error: unknown): Record<string, unknown> {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
}
