// Gives import-x the script of a component as a plain module. The Svelte parser wraps scripts in
// elements of its own, in which import-x finds no imports, and so would see no circles.

import ts from "typescript-eslint";

const SCRIPTS = /(?<=<script\b[^>]*>)[^]*?(?=<\/script>)/g;

/** The same text with all but the scripts blanked out, so that places stay. */
function scriptOf(code) {
  let script = "";
  for (const { 0: inside, index } of code.matchAll(SCRIPTS)) {
    script += blank(code.slice(script.length, index)) + inside;
  }
  return script + blank(code.slice(script.length));
}

const blank = (text) => text.replace(/[^\n]/g, " ");

/** As the parser of typescript-eslint, without types: imports are all that is looked for. */
export function parseForESLint(code, options) {
  const plain = { ...options, projectService: undefined, project: undefined, programs: undefined };
  return ts.parser.parseForESLint(scriptOf(code), plain);
}
