// The one place that speaks HTTP: a typed client over the generated schema, and unwrapping its answers.
import createClient from "openapi-fetch";
import { ApiProblem } from "./problem";
import type { paths } from "./schema";
import type { Full } from "./types";

/** Where the API is: beside the page. Outside a browser (unit tests) any name will do. */
const baseUrl = globalThis.location?.origin ?? "http://localhost";

export const http = createClient<paths>({ baseUrl, fetch: (request) => globalThis.fetch(request) });

/** A good answer; `revision` is the project's after the write, null where the server does not say. */
export interface Answer<T> {
  data: T;
  revision: number | null;
}

interface RawAnswer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's data, or a thrown ApiProblem. */
export async function unwrap<T>(request: Promise<RawAnswer<T>>): Promise<Answer<Full<T>>> {
  const { data, error, response } = await request.catch((failure: unknown) => {
    throw new ApiProblem(0, { cause: String(failure) });
  });
  if (!response.ok) throw new ApiProblem(response.status, asObject(error));
  return { data: data as Full<T>, revision: revisionOf(response) };
}

export async function only<T>(request: Promise<RawAnswer<T>>): Promise<Full<T>> {
  return (await unwrap(request)).data;
}

/** Header that makes a write fail when the project has moved on since `revision`. */
export function basedOn(revision: number): { "if-match": string } {
  return { "if-match": `"${revision}"` };
}

function revisionOf(response: Response): number | null {
  const tag = response.headers.get("etag")?.match(/\d+/)?.[0];
  return tag === undefined ? null : Number(tag);
}

function asObject(error: unknown): Record<string, unknown> {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
}
