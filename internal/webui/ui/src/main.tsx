import { render } from "preact";
import { App } from "./app";

const root = document.getElementById("app")!;
// What stood there was for the first paint.
root.textContent = "";
render(<App />, root);
