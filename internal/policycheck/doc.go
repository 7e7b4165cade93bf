// Package policycheck holds policy files to what they expect a web page to be able to
// do: against their own policies without a network, or against a live server. Both
// verdicts are those of package fetch, that is of a browser.
//
// [Parse] reads a file as package policyfile does, and what that leaves out, and
// [File.Check] tries it.
//
//	policies:
//	  app:
//	    origins: ["https://app.example.com"]
//	    credentials: true
//	    methods: [PUT, DELETE]
//	routes:
//	  - {path: /api/, policy: app}
//	expect:
//	  - from: https://app.example.com
//	    request: DELETE /api/users/7
//	    credentials: true
//	    result: allowed
//	  - from: https://evil.example
//	    result: blocked
package policycheck
