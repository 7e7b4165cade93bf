// Package webui is the lab: a page on loopback in which a fetch is composed, watched and repaired, and the HTTP API that the page
// itself uses (docs/lab-api.md).
//
// [New] makes the server; [Server.Serve] runs it on a listener. What a case comes to is not judged here: an [Explainer] does, which is the
// very code behind corscope explain, so that page and command line cannot disagree. The package brings what a case runs against beside
// the real network: pretend servers, the demo's world, and real loopback servers on which the reader's own browser can try the same.
//
// The lab fetches what it is asked to, so it takes orders from its own page alone (see guard.go), and goes to private addresses only
// where the person at the keyboard said so (see address.go).
package webui
