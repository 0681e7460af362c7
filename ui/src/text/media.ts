// Content types in few letters.

/** `json` for `application/json; charset=utf-8`, `acme.event+json` for a vendor's; null for none. */
export function shortType(contentType: string | null): string | null {
  const type = contentType?.split(";")[0]?.trim() ?? "";
  if (type === "") return null;
  if (type === "application/x-www-form-urlencoded") return "form";
  return type.replace(/^(application|text)\//, "").replace(/^(vnd\.|x-)/, "");
}
