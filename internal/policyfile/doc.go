// Package policyfile reads policy files, in YAML or JSON: what package cors is to
// allow, where, and what a web page is to be able to do then. It says of everything
// that is wrong in one, at once, where it stands and what was probably meant.
//
// [Parse] reads a file, and [File.Check] tries what it expects: against its own
// policies without a network, or against a live server. Both verdicts are those of
// package fetch, that is of a browser. [Schema] is the format for editors.
//
//	policies:
//	  app:
//	    origins: ["https://app.example.com"]
//	    credentials: true
//	    methods: [PUT, DELETE]
//	    requestHeaders: [Content-Type]
//	routes:
//	  - {path: /api/, policy: app}
//	expect:
//	  - from: https://app.example.com
//	    request: DELETE /api/users/7
//	    credentials: true
//	    result: allowed
//	  - from: https://evil.example
//	    result: blocked
//
// Of YAML it takes what JSON can say too: maps, lists, strings, whole numbers, true
// and false. Anchors, aliases, merges, tags and null are refused.
package policyfile
