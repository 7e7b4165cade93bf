// Three things to press for who comes for the first time. Pretend servers answer, so
// they play at once and without a network.
import type { Case } from "./case";

export interface Example { name: string; shows: string; case: Case }

const page = "https://app.example.com";
const json = { name: "Content-Type", value: "application/json" };

export const examples: Example[] = [
  {
    name: "A line from the console",
    shows: "… blocked by CORS policy: Method DELETE is not allowed …",
    case: {
      paste: `Access to fetch at 'https://api.example.com/users/7' from origin '${page}' has been blocked by CORS policy: Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.`,
      server: {
        answers: [
          { on: "preflight", status: 204, headers: [{ name: "Access-Control-Allow-Origin", value: page }, { name: "Access-Control-Allow-Methods", value: "GET, POST" }] },
          { on: "request", status: 200, headers: [json, { name: "Access-Control-Allow-Origin", value: page }], body: '{"deleted":7}' },
        ],
      },
    },
  },
  {
    name: "A fetch() with cookies",
    shows: 'fetch("…/me", { credentials: "include" })',
    case: {
      paste: 'fetch("https://api.example.com/me", { credentials: "include" })',
      page,
      cookies: ["sid=ada-1; Secure; HttpOnly"],
      server: { answers: [{ on: "request", status: 200, headers: [json, { name: "Access-Control-Allow-Origin", value: "*" }], body: '{"name":"Ada"}' }] },
    },
  },
  {
    name: "curl works, the page does not",
    shows: "curl -X POST … -H 'Authorization: Bearer …'",
    case: {
      paste: `curl -X POST https://api.example.com/orders -H 'Content-Type: application/json' -H 'Authorization: Bearer demo' -d '{"item":1}'`,
      page,
      server: {
        answers: [
          { on: "preflight", status: 401, headers: [{ name: "WWW-Authenticate", value: "Bearer" }] },
          { on: "request", status: 201, headers: [json], body: '{"order":1}' },
        ],
      },
    },
  },
];
