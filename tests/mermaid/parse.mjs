// Reads a JSON list of Mermaid texts on standard input; prints a JSON list of null (it parses) or the parser's words.
import { JSDOM } from "jsdom";

const window = new JSDOM("").window;
globalThis.window = window;
globalThis.document = window.document;
const mermaid = (await import("mermaid")).default;

let input = "";
for await (const chunk of process.stdin) input += chunk;
const results = [];
for (const text of JSON.parse(input)) {
  try {
    await mermaid.parse(text);
    results.push(null);
  } catch (error) {
    results.push(String(error.message ?? error));
  }
}
process.stdout.write(JSON.stringify(results));
