// JSON tokens back into text. Tokens stay as they were sent; only the space between them is new.

/** One value or container of an outline, in document order. */
interface Token {
  depth: number;
  key: string | null;
  kind: string;
  text: string;
  children: number;
}

/** The value of the first of `rows`, of which the others are the inside, with two spaces a level. */
export function written(rows: readonly Token[]): string {
  const lines: string[] = [];
  const open: string[] = [];
  const base = rows[0]?.depth ?? 0;
  const close = (depth: number): void => {
    for (
      let mark = open.length > depth && open.pop();
      mark;
      mark = open.length > depth && open.pop()
    )
      lines.push(indent(open.length) + mark);
  };
  for (const [at, row] of rows.entries()) {
    const depth = row.depth - base;
    close(depth);
    const isFirst = rows[at - 1]?.depth === row.depth - 1;
    if (at > 0 && !isFirst) lines.push(`${lines.pop() ?? ""},`);
    const key = at === 0 || row.key === null ? "" : `${JSON.stringify(row.key)}: `;
    const [start, end] = row.kind === "object" ? ["{", "}"] : ["[", "]"];
    const isContainer = row.kind === "object" || row.kind === "array";
    if (isContainer && row.children > 0) open.push(end);
    const value = !isContainer ? row.text : row.children > 0 ? start : start + end;
    lines.push(indent(depth) + key + value);
  }
  close(0);
  return lines.join("\n");
}

const indent = (depth: number): string => "  ".repeat(depth);
