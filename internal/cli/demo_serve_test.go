package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// What demo --serve proposes comes out on localhost as it does in the world with names and https, or it is not proposed.
func TestEveryLineOfDemoServeComesOutAsItSays(t *testing.T) {
	local, err := demo.ServeLocal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { local.Close() })
	for _, try := range local.Tries() {
		if try.Scene != 0 {
			continue
		}
		t.Run(try.URL, func(t *testing.T) {
			t.Parallel()
			if try.Kind.Title() == "" {
				t.Errorf("the kind %q has no title", try.Kind)
			}
			args := strings.Fields(try.Explain)[1:]
			if strings.Contains(try.Explain, "'") {
				args = quotedWords(try.Explain)[1:]
			}
			args = append(args, "--no-probe", "--json")
			if try.Want.Reason == "timeout" || try.Want.BodyError == "body-timeout" {
				args = append(args, "--timeout", "500ms")
			}
			_, text, stderr := runCLI(t, args...)
			var d struct {
				Diagnosis struct {
					Findings []struct{ Cause struct{ ID string } }
				}
				Trace struct {
					Outcome struct{ Reason *fetch.Reason }
				}
			}
			if err := json.Unmarshal([]byte(text), &d); err != nil {
				t.Fatalf("%v\n%s%s", err, text, stderr)
			}
			got := ""
			if r := d.Trace.Outcome.Reason; r != nil {
				got = string(r.Code)
			}
			if try.Browser != "" && got == "" && len(d.Diagnosis.Findings) > 0 {
				got = d.Diagnosis.Findings[0].Cause.ID // explain runs the call by the standard, and names what a browser has beyond it
			}
			if got != try.Want.Reason {
				t.Errorf("%s\n%s: the reason is %q, want %q", try.Title, try.Explain, got, try.Want.Reason)
			}
		})
	}
}

// quotedWords splits a command line in which words with blanks stand in single quotes, as the demo writes them.
func quotedWords(line string) []string {
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}
