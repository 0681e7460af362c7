// Bytes as the hexadecimal view writes them.

/** Where a row begins, in eight digits or as many as it takes. */
export function offsetOf(at: number): string {
  return at.toString(16).padStart(8, "0");
}

/** The bytes in two digits each, a wider gap after every eighth, as wide as `perRow` of them. */
export function hexOf(bytes: Uint8Array, perRow: number): string {
  const cells = Array.from({ length: perRow }, (_, at) => {
    const byte = bytes[at];
    const digits = byte === undefined ? "  " : byte.toString(16).padStart(2, "0");
    return at > 0 && at % 8 === 0 ? ` ${digits}` : digits;
  });
  return cells.join(" ");
}

/** What is printable ASCII as itself, the rest as a dot. */
export function asciiOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·",
  ).join("");
}
