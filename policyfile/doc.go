// Package policyfile reads policy files, in YAML or JSON, for programs that serve by
// them: the same files that corscope check tries in CI and corscope export translates.
//
// [Open] reads a file and gives the [cors.Routes] to wrap a handler with;
// [Source.Reload] and [Source.Watch] follow the file while the program runs, and keep
// what was in force if the new one has a mistake. [Parse] reads what is in memory.
//
//	policies:
//	  app:
//	    origins: ["https://app.example.com"]
//	    credentials: true
//	    methods: [PUT, DELETE]
//	    requestHeaders: [Content-Type]
//	routes:
//	  - {path: /api/, policy: app}
//	  - {path: /health, policy: off}
//
// A policy has the fields of [cors.Config], a route those of [cors.Route], by their JSON
// names. One policy without routes applies everywhere. What stands under expect and url
// is for corscope check, and is not judged here. [Schema] is the format for editors.
//
// Reading is strict, which encoding/json is not: a field that there is not, a key that
// is there twice, a second document, null, yes for true and a list that is a text are
// mistakes, and so is all that package cors refuses. All of them are said at once, each
// with line and column and what was probably meant. Of YAML it takes what JSON can say
// too: maps, lists, texts, whole numbers, true and false; anchors, aliases, merges and
// tags are refused. A file has at most a mebibyte.
//
// The package needs a YAML parser, github.com/goccy/go-yaml, which package cors does
// not. A program that has its policies in JSON and wants neither can unmarshal them
// into [cors.RoutesConfig] and lose the above.
package policyfile
