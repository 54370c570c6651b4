// Moving one segment; what it does stands in moveSegments.
export { moveSegmentTo } from "./moveSegments";
