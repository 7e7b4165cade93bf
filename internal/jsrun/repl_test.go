package jsrun

import (
	"bytes"
	"context"
	"fmt"
	"testing"
)

func TestREPL(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"values, and undefined is not told", []string{"1 + 1", "'a'", "undefined", "({b: [1]})"}, "= 2\n= a\n= { b: [1] }\n"},
		{"what one line declares, the next ones see", []string{"let a = 1; const b = 2; var c = 3; function d() { return a + b + c }", "d()"}, "= 6\n"},
		{"await", []string{"const r = await fetch('text')", "await r.text()"}, "= own text\n"},
		{"text over several lines", []string{"function f() {", "  return 5", "}", "f()"}, "+\n+\n= 5\n"},
		{"templates and comments over several lines", []string{"let a = `x", "y`", "a.length", "`${a} and", "${1 +", "1}`.length", "/* a", "comment */ 7", "'open", "8"},
			"+\n= 3\n+\n+\n= 9\n+\n= 7\n! repl:1:1: SyntaxError: unexpected end of string\n= 8\n"},
		{"what is not complete can be taken back", []string{"function f() {", Drop, "9"}, "+\n= 9\n"},
		{"errors do not end it", []string{"null.x", "let let", "7"}, "! Uncaught TypeError: cannot read property 'x' of null\n! repl:1:5: SyntaxError: 'let' is not a valid lexical identifier\n= 7\n"},
		{"an empty line ends what cannot be completed", []string{"f(", "", "8"}, "+\n! repl:1:3: SyntaxError: unexpected end of the script\n= 8\n"},
		{"a promise that nothing settles does not end it", []string{"await new Promise(() => {})", "9"},
			"! the script awaits a promise that nothing will settle: no timer and no request is left\n= 9\n"},
		{"timers go on after the last line", []string{"setTimeout(() => console.log('late'), 5); 0"}, "= 0\nlate\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			config := Config{
				Page: newPage(t, "https://app.example.com/dir/page", world), Stdout: &out,
				OnValue: func(s string) { fmt.Fprintf(&out, "= %s\n", s) },
				OnError: func(err error) {
					line, _, _ := bytes.Cut([]byte(err.Error()), []byte("\n"))
					fmt.Fprintf(&out, "! %s\n", line)
				},
			}
			// Only one of reader and loop is at work at a time, so they can share the buffer.
			err := REPL(context.Background(), config, func(more bool) (string, bool) {
				if more {
					out.WriteString("+\n")
				}
				if len(c.lines) == 0 {
					return "", false
				}
				line := c.lines[0]
				c.lines = c.lines[1:]
				return line, true
			})
			if err != nil || out.String() != c.want {
				t.Errorf("got %v and\n%s\nwant\n%s", err, out.String(), c.want)
			}
		})
	}
}
