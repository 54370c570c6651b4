// Starts the page.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";
import { startTheme } from "@/app/theme";
import { loadAhead } from "@/lib/loadProject";
import "@/app/styles.css";

startTheme();
loadAhead(location.pathname);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
