import { afterEach, beforeEach, expect, test } from "vitest";
import type { Segment, Take } from "@/api/types";
import { FakeServer } from "@/lib/fakeServer";
import { queryClient } from "@/lib/queryClient";
import { ClipFiles } from "./clipFiles";

const take = (makes: string, asset_url: string) => ({ makes, asset_url }) as unknown as Take;

let leave: () => void;
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer({});
  leave = server.install();
});

afterEach(() => {
  leave();
  queryClient.clear();
});

test("a segment without a clip shows its last take, and never the picture that a clip is made from", async () => {
  server.takesOf = () => [take("image", "/first-frame"), take("video", "/clip")];
  const segment = { id: "s1", media: null, asset_url: null, take_count: 2 } as Segment;
  const seen = await new Promise((resolve) => {
    const files = new ClipFiles(
      "p",
      () => resolve(files.of(segment)),
      () => undefined,
    );
    expect(files.of(segment)).toBeNull();
  });
  expect(seen).toEqual({ url: "/clip", isStill: false });
});
