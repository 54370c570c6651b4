// What every unit test file begins with. A module asked for late in a file (the toasts') must not
// arrive after the file's page is gone: what waits for it then fails for want of a window.
import { afterAll, vi } from "vitest";

afterAll(() => vi.dynamicImportSettled());
