// What holds for every file of the page, and the walls between its folders.

import { join } from "node:path";

import js from "@eslint/js";
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import svelteParser from "svelte-eslint-parser";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** Folders whose components are one feature each; only the files beside them put them together. */
const FEATURES = ["captures", "frame", "inspect", "settings"];

const within = (...folders) => folders.map((folder) => `./src/${folder}`);

const walls = [
  // Words and formats know nothing of the page.
  {
    target: "./src/text",
    from: within("backend", "bindings", "parts", "state", ...FEATURES),
    message: "text/ is pure: give it what it needs as a parameter.",
  },
  {
    target: "./src/parts",
    from: within("backend", "bindings", "state", ...FEATURES),
    message: "parts/ know no webhooks: give them what they show.",
  },
  {
    target: "./src/state",
    from: within("parts", ...FEATURES),
    message: "state/ knows no component.",
  },
  {
    target: "./src/backend",
    from: within("parts", "state", ...FEATURES),
    message: "backend/ is the door, and knows nothing of what is before it.",
  },
  ...FEATURES.map((feature) => ({
    target: `./src/${feature}`,
    from: within(...FEATURES.filter((other) => other !== feature)),
    message: "Features do not import each other; App puts them together.",
  })),
];

export default ts.config(
  { ignores: ["dist", "e2e/dist", "e2e/shots", "src/bindings"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js"] },
        extraFileExtensions: [".svelte"],
        parser: ts.parser, // for the scripts of .svelte files, also of those that are imported
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { "import-x": importX },
    settings: {
      "import-x/extensions": [".ts", ".svelte"],
      "import-x/parsers": {
        [join(import.meta.dirname, "eslint.script-parser.js")]: [".svelte"],
        "@typescript-eslint/parser": [".ts"],
      },
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".svelte", ".js"] })],
    },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones: walls }],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "@lucide/svelte", message: "Import one icon: @lucide/svelte/icons/NAME." },
          ],
          patterns: [
            { group: ["@tauri-apps/*"], message: "Only src/backend/tauri.ts speaks to Tauri." },
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: 'SvelteAttribute[key.name="style"]',
          message: "The content policy refuses style attributes: use style:name={value}.",
        },
      ],
      "no-console": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off", // `void signal` reads it
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { arguments: false, attributes: false, properties: false } },
      ],
      "svelte/no-at-html-tags": "error",
      "svelte/require-each-key": "error",
      "svelte/button-has-type": "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parser: svelteParser,
      parserOptions: { svelteConfig },
    },
  },
  {
    // What templates hand to snippets and callbacks has no type here; svelte-check knows it.
    files: ["**/*.svelte"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/restrict-plus-operands": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
    },
  },
  { files: ["src/backend/tauri.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["*.js"], ...ts.configs.disableTypeChecked },
);
