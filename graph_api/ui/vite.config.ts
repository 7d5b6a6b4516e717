import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

const LICENSES = "LICENSES.txt";

/**
 * Vite lists the packages of the page itself. What the workers add, and what these packages have
 * bundled of others, is in these files.
 */
function notices(...files: string[]): Plugin {
  return {
    name: "notices",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const list = bundle[LICENSES];
        if (list?.type !== "asset") {
          throw new Error(`Vite wrote no ${LICENSES}.`);
        }
        for (const file of files) {
          const text = readFileSync(new URL(`node_modules/${file}`, import.meta.url), "utf-8");
          list.source += `\n## ${file}\n\n${text.replaceAll("\r\n", "\n").trim()}\n`;
        }
      },
    },
  };
}

/** The digest of every file that the build reads, so that a test sees a dist that is out of date. */
function sources(...patterns: string[]): Plugin {
  return {
    name: "sources",
    generateBundle() {
      const lines = globSync(patterns, { cwd: import.meta.dirname })
        .sort()
        .map((file) => {
          const text = readFileSync(new URL(file, import.meta.url));
          return `${createHash("sha256").update(text).digest("hex")}  ${file}\n`;
        });
      this.emitFile({ type: "asset", fileName: "SOURCES.txt", source: lines.join("") });
    },
  };
}

export default defineConfig({
  base: "/ui/",
  build: {
    license: { fileName: LICENSES },
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      output: {
        // Apart from our own code, so that a new example changes only a small file.
        codeSplitting: {
          groups: [{ name: "vendor", test: /node_modules/, tags: ["$initial"] }],
        },
      },
    },
  },
  worker: { format: "es" },
  plugins: [
    sources("*.html", "*.json", "*.ts", "src/*.*", "src/examples/*"),
    notices(
      "monaco-editor/ThirdPartyNotices.txt",
      "picomatch-browser/LICENSE",
      "prettier/THIRD-PARTY-NOTICES.md",
    ),
  ],
});
