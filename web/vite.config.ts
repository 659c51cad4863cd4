import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The gateway serves the page under `default-src 'self'`: nothing inline, no data: addresses.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../api/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: process.env.TIPLINE_API_URL ?? "http://127.0.0.1:8000", ws: true } },
  },
});
