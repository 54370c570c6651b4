import { expect, test } from "vitest";
import { cuesIn } from "./cues";

test("times of SRT and WebVTT are read, with the words without markup", () => {
  const srt =
    "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Two</i>\r\nlines\r\n\r\n2\r\n00:01:00,0 --> 00:01:02,25\r\nLater";
  expect(cuesIn(srt)).toEqual([
    { start: 1.5, end: 3, text: "Two\nlines" },
    { start: 60, end: 62.25, text: "Later" },
  ]);
  const vtt = "WEBVTT\n\nintro\n00:02.000 --> 00:04.000 line:0\nHello\n\nNOTE nothing\n";
  expect(cuesIn(vtt)).toEqual([{ start: 2, end: 4, text: "Hello" }]);
  expect(cuesIn("no captions at all")).toEqual([]);
});
