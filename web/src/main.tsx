import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./components/App.tsx";
import "./styles/colours.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/list.css";
import "./styles/rows.css";
import "./styles/detail.css";
import "./styles/portfolio.css";
import "./styles/charts.css";
import "./styles/settings.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
