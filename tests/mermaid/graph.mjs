// Reads a JSON list of Mermaid flowcharts on standard input; prints what the parser holds: boxes by id, and arrows in order.
import { JSDOM } from "jsdom";

const window = new JSDOM("").window;
globalThis.window = window;
globalThis.document = window.document;
const mermaid = (await import("mermaid")).default;
mermaid.initialize({ startOnLoad: false });

const plain = (text) =>
  (text ?? "")
    .replace(/<br ?\/?>/g, " ")
    .replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

let input = "";
for await (const chunk of process.stdin) input += chunk;
const results = [];
for (const text of JSON.parse(input)) {
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const boxes = [...db.getVertices().values()].map((one) => [one.id, plain(one.text)]);
  const arrows = db
    .getEdges()
    .map((one) => [one.start, one.end, plain(one.text), one.type.startsWith("double"), one.stroke]);
  results.push({ boxes, arrows });
}
process.stdout.write(JSON.stringify(results));
