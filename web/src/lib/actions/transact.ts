// Several actions as one step of the history, applied together or not at all.
export { transact } from "./perform";
