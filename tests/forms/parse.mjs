// Parses every file of a folder with a grammar, and names those that are no program of it:
// parse.mjs GRAMMAR.wasm FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { Language, Parser } from "web-tree-sitter";

const [grammar, folder] = process.argv.slice(2);
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));
const wrong = (node) => {
  if (node.isError || node.isMissing) return node;
  return node.hasError ? node.children.map(wrong).find(Boolean) : undefined;
};
let broken = 0;
const files = readdirSync(folder).sort();
for (const file of files) {
  const text = readFileSync(`${folder}/${file}`, "utf8");
  const node = wrong(parser.parse(text).rootNode);
  if (node === undefined) continue;
  broken += 1;
  const { row, column } = node.startPosition;
  console.error(`${file}:${row + 1}:${column + 1}: ${text.split("\n")[row].slice(0, 300)}`);
}
console.log(files.length);
process.exit(broken === 0 ? 0 : 1);
