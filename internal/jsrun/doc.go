// Package jsrun runs users' JavaScript as a page of a given URL would: classic scripts and modules, with fetch, Headers, Request,
// Response, XMLHttpRequest, URL, Blob, FormData, streams, timers, events and the console. [Run] runs one script to its end,
// [DecodeSource] makes a script of a file's bytes.
//
// What decides an outcome (the CORS protocol, URLs, cookies, header guards, encodings, time) is Go's, most of it package fetch's;
// the classes that a page sees are the JavaScript files in prelude, which turn WebIDL's conversions into a few dozen Go operations.
// Sources: https://fetch.spec.whatwg.org/, https://xhr.spec.whatwg.org/, https://url.spec.whatwg.org/, https://dom.spec.whatwg.org/,
// https://html.spec.whatwg.org/, https://w3c.github.io/FileAPI/, https://streams.spec.whatwg.org/, https://encoding.spec.whatwg.org/.
//
// The document is an empty page's, with a tree for scripts that show what they fetched, or that JSONP and libraries need: nothing is laid
// out or painted, lists of nodes do not live on, and no picture, style sheet or frame is loaded. There are no workers. A script reaches neither files nor the environment, and [Limits] bounds its
// memory, time, stack, output, timers and requests. One native loop of the engine cannot be interrupted, such as
// new Array(4e9).join(): who runs scripts of strangers should do so in a process that can be killed.
package jsrun
