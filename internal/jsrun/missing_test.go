package jsrun

import (
	"errors"
	"strings"
	"testing"
)

func TestWhatIsMissingIsSaid(t *testing.T) {
	for _, c := range []struct{ name, script, hint string }{
		{"a part of a page that is not here", "new Worker('x.js')", "corscope run has no Worker: leave out what shows or stores, and keep the requests"},
		{"a library that the page would have loaded", "$.ajax('/x')", "$ comes from jQuery, which the page loads first: put its browser build before the snippet (cat library.js snippet.js | corscope run -)"},
		{"a name of Node's", "(async () => require('axios'))()", "require is Node's, and a page has none: take the library's browser build, or import it by its URL with --module"},
		{"a name of the script's own has no hint", "apiUrl", ""},
		{"an error that only reads like it has none", "throw new Error(`ReferenceError: 'Worker' is not defined`)", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := output(t, Config{}, c.script)
			var e *ScriptError
			if !errors.As(err, &e) || e.Hint != c.hint {
				t.Fatalf("got %+v, want %q", err, c.hint)
			}
			if c.hint != "" && !strings.HasSuffix(err.Error(), "\n    "+c.hint) {
				t.Errorf("told as %q", err)
			}
		})
	}
}

// TestWhatIsAbsentIsAbsent holds the list to the page: who adds one of the names takes it off the list.
func TestWhatIsAbsentIsAbsent(t *testing.T) {
	for _, name := range strings.Fields(absent) {
		got, err := output(t, Config{}, "console.log(typeof "+name+", '"+name+"' in window)")
		if err != nil || got != "undefined false" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
