// Which field of the form an error, or a flag of the command line, is about.

export type Field = "paste" | "page" | "url" | "method" | "headers" | "body" | "credentials" | "mode" | "redirect" | "cache" | "cookies" | "integrity" | "targetAddressSpace" | "pageHeaders" | "pageSpace";

const ofCode: Record<string, Field> = {
  "input-invalid": "paste", "input-missing": "paste", "entry-invalid": "paste",
  "page-invalid": "page",
  "url-invalid": "url", "url-missing": "url",
  "header-invalid": "headers", "cookie-invalid": "cookies", "method-invalid": "method", "request-invalid": "method",
};

/** The field that an error stands near; undefined where it is about none. */
export function fieldOf(code: string): Field | undefined {
  return ofCode[code];
}

const ofFlag: Record<string, Field> = {
  from: "page", request: "method", header: "headers", data: "body", credentials: "credentials",
  mode: "mode", redirect: "redirect", cookie: "cookies",
};

export function fieldOfFlag(flag: string | undefined): Field | undefined {
  return flag === undefined ? undefined : ofFlag[flag];
}
