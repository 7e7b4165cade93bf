// https://console.spec.whatwg.org/
const consoleGroups = [], consoleCounts = new Map(), consoleTimes = new Map();
function formatMessage(args) {
  args = [...args];
  let text = "";
  if (typeof args[0] === "string" && args.length > 1) {
    text = args.shift().replace(/%[sdifoOc%]/g, (m) => {
      if (m === "%%") return "%";
      if (!args.length) return m;
      const v = args.shift();
      switch (m) {
        case "%s": return typeof v === "object" ? inspect(v, 1) : inspect(v);
        case "%d": case "%i": return typeof v === "symbol" ? "NaN" : typeof v === "bigint" ? `${v}` : String(Number.parseInt(v, 10));
        case "%f": return typeof v === "symbol" ? "NaN" : String(Number.parseFloat(v));
        case "%c": return "";
      }
      return inspect(v, 1);
    });
    if (!args.length) return text;
    text += " ";
  }
  return text + args.map((v) => inspect(v)).join(" ");
}
function consolePrint(stream, args) {
  const indent = "  ".repeat(consoleGroups.length);
  op("print", stream, indent + formatMessage(args).replaceAll("\n", "\n" + indent));
}
// As many as a person looks through; browsers show 1000 rows too.
const tableRows = 1000, tableColumns = 100, tableCell = 200;
function consoleTable(data, columns) {
  if (!isObject(data)) return consolePrint(1, [data]);
  const cell = (v) => {
    const text = inspect(v, 1).replace(/\n\s*/g, " ");
    return text.length > tableCell ? text.slice(0, tableCell - 3) + "..." : text;
  };
  const keys = Object.keys(data), names = new Set(), rows = [];
  const add = (name) => names.has(name) || names.size < tableColumns && names.add(name);
  const wanted = Array.isArray(columns) ? new Set(columns.map((name) => toDOMString(name))) : null;
  let left = 0;
  for (const name of wanted ?? []) if (!add(name)) left++;
  for (const key of keys.slice(0, tableRows)) {
    const item = data[key], row = { key, cells: new Map(), value: "" };
    if (!isObject(item)) row.value = cell(item);
    else for (const name of wanted ?? Object.keys(item)) {
      if (!Object.hasOwn(item, name)) continue;
      if (add(name)) row.cells.set(name, cell(item[name]));
      else if (!wanted) left++;
    }
    rows.push(row);
  }
  const values = rows.some((r) => r.value), head = ["(index)", ...names, ...(values ? ["Values"] : [])];
  const table = [head, ...rows.map((r) => [r.key, ...[...names].map((name) => r.cells.get(name) ?? ""), ...(values ? [r.value] : [])])];
  const widths = head.map((_, i) => table.reduce((w, r) => Math.max(w, r[i].length), 0));
  const lines = table.map((r) => r.map((c, i) => c.padEnd(widths[i])).join("  ").trimEnd());
  if (keys.length > tableRows) lines.push(`... ${keys.length - tableRows} more rows`);
  if (left > 0) lines.push(`... and columns behind the first ${tableColumns}`);
  consolePrint(1, [lines.join("\n")]);
}
const label = (l) => l === undefined ? "default" : toDOMString(l);
const console = Object.assign(Object.create({}), {
  log(...args) { consolePrint(1, args); },
  info(...args) { consolePrint(1, args); },
  debug(...args) { consolePrint(1, args); },
  dir(item) { consolePrint(1, [item]); },
  dirxml(...args) { consolePrint(1, args); },
  table(data, columns) { consoleTable(data, columns); },
  warn(...args) { consolePrint(2, args); },
  error(...args) { consolePrint(2, args); },
  trace(...args) { consolePrint(2, ["Trace:", ...args, "\n" + visibleStack(new Error())]); },
  assert(ok, ...args) {
    if (ok) return;
    if (typeof args[0] === "string") args[0] = "Assertion failed: " + args[0];
    else args.unshift("Assertion failed");
    consolePrint(2, args);
  },
  clear() { consoleGroups.length = 0; },
  group(...args) {
    if (args.length) consolePrint(1, args);
    consoleGroups.push(1);
  },
  groupCollapsed(...args) { console.group(...args); },
  groupEnd() { consoleGroups.pop(); },
  count(l) {
    const n = (consoleCounts.get(label(l)) ?? 0) + 1;
    consoleCounts.set(label(l), n);
    consolePrint(1, [`${label(l)}: ${n}`]);
  },
  countReset(l) { consoleCounts.delete(label(l)); },
  time(l) { consoleTimes.set(label(l), op("now")); },
  timeLog(l, ...args) {
    if (consoleTimes.has(label(l))) consolePrint(1, [`${label(l)}: ${(op("now") - consoleTimes.get(label(l))).toFixed(3)} ms`, ...args]);
  },
  timeEnd(l) {
    console.timeLog(l);
    consoleTimes.delete(label(l));
  },
});
Reflect.defineProperty(console, Symbol.toStringTag, { value: "console", configurable: true });
expose("console", console);
