// Serves the built page on a free port of this computer, with the content policy that the desktop
// sets, so that whatever the policy refuses is refused here too.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

import type { TestProject } from "vitest/node";

const DIST = join(import.meta.dirname, "dist");
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "font-src 'self'",
  "connect-src ipc: http://ipc.localhost",
].join("; ");
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
};

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the built page is. */
    page: string;
  }
}

export default async function serve(project: TestProject): Promise<() => void> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const file = pathname === "/" ? "/index.html" : normalize(pathname);
    const headers = {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
    };
    if (pathname === "/favicon.ico") return void response.writeHead(204).end(); // browsers ask
    readFile(join(DIST, file)).then(
      (bytes) => response.writeHead(200, headers).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  project.provide("page", `http://127.0.0.1:${String(port)}/`);
  return () => {
    server.close();
  };
}
