// uPlot makes a number format in the browser's language as it is loaded, which throws where that is
// no language: WebKitGTK calls it "c" on a system whose locale is C.

try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}
