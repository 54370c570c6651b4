// Moving one segment; what it does stands in moveSegments.
export { moveSegmentBy } from "./moveSegments";
