import { expect, test } from "vitest";
import { neighbourFor } from "./neighbourFrames";

const clip = (id: string) => ({ id, asset_url: `/api/artifacts/${id}` });
const film = [clip("a"), clip("b"), { id: "c", asset_url: null }];

const whyNot = (id: string, field: "first_frame" | "last_frame") =>
  neighbourFor(film, id, field).why;

test("a segment begins with what is before it, and ends with what is after it", () => {
  expect(neighbourFor(film, "b", "first_frame")).toEqual({ id: "a", number: 1, why: null });
  expect(neighbourFor(film, "a", "last_frame")).toEqual({ id: "b", number: 2, why: null });
});

test("where there is no neighbour, or no clip of it, the reason is said", () => {
  expect(whyNot("a", "first_frame")).toBe("This is the first segment: there is none before it.");
  expect(whyNot("c", "last_frame")).toBe("This is the last segment: there is none after it.");
  expect(whyNot("b", "last_frame")).toBe("Segment 3 has no clip yet: generate it first.");
  expect(neighbourFor(film, "gone", "last_frame").id).toBeNull();
});
