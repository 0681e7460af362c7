// Holds the HAR file that is named against the format's schema.
import { readFileSync } from "node:fs";
import validate from "har-validator";

const log = JSON.parse(readFileSync(process.argv[2], "utf8"));
await validate.har(log).catch((error) => {
  console.error(JSON.stringify(error.errors ?? String(error)).slice(0, 2000));
  process.exit(1);
});
console.log(log.log.entries.length);
