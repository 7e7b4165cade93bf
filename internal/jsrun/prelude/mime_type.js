// https://mimesniff.spec.whatwg.org/#parsing-a-mime-type
function parseMIMEType(input) {
  const s = input.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  const m = /^([!#$%&'*+\-.^_`|~\w]+)\/([!#$%&'*+\-.^_`|~\w]+)[\t\n\r ]*(?:;([^]*))?$/.exec(s);
  if (!m) return null;
  const parameters = new Map();
  let rest = m[3] ?? "";
  while (rest) {
    rest = rest.replace(/^[\t\n\r ]+/, "");
    const name = /^[^;=]*/.exec(rest)[0];
    rest = rest.slice(name.length);
    if (!rest) break;
    if (rest[0] === ";") {
      rest = rest.slice(1);
      continue;
    }
    rest = rest.slice(1);
    let value;
    if (rest[0] === '"') {
      const q = /^"((?:[^"\\]|\\[^])*)(?:"|\\?$)/.exec(rest);
      value = q[1].replace(/\\([^])/g, "$1");
      rest = rest.slice(q[0].length).replace(/^[^;]*;?/, "");
    } else {
      value = /^[^;]*/.exec(rest)[0];
      rest = rest.slice(value.length + 1);
      value = value.replace(/[\t\n\r ]+$/, "");
      if (!value) continue;
    }
    const key = name.toLowerCase();
    if (/^[!#$%&'*+\-.^_`|~\w]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value) && !parameters.has(key)) parameters.set(key, value);
  }
  return { essence: `${m[1]}/${m[2]}`.toLowerCase(), parameters };
}
function serializeMIMEType(type) {
  let s = type.essence;
  for (const [k, v] of type.parameters) {
    s += `;${k}=` + (/^[!#$%&'*+\-.^_`|~\w]+$/.test(v) ? v : '"' + v.replace(/["\\]/g, "\\$&") + '"');
  }
  return s;
}
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type. The list holds one header line each.
function extractMIMEType(lines) {
  let charset = null, essence = null, type = null;
  for (const line of lines) {
    for (const part of line.match(/(?:[^,"]|"(?:[^"\\]|\\[^])*"?)+/g) ?? []) {
      const t = parseMIMEType(part);
      if (!t || t.essence === "*/*") continue;
      type = t;
      if (t.essence !== essence) {
        charset = t.parameters.get("charset") ?? null;
        essence = t.essence;
      } else if (!t.parameters.has("charset") && charset !== null) t.parameters.set("charset", charset);
    }
  }
  return type;
}
