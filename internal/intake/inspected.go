package intake

import (
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// The bounds of an object that is read out of a console.
const (
	maxInspected = 256 << 10
	maxConfigs   = 200 // headers of one
)

// inspected is an object as a console, Node's util.inspect or JSON shows it: names, colons and values, in lines or in braces. What
// is folded away ("{…}", "[Object]") is not there.
type inspected struct{ text string }

// field is one name with its value, which may be a string in any quotation marks, or a word.
var field = newPattern(`(?:^|[\s{,(])["']?([A-Za-z][\w-]{0,99})["']?:\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|` + "`((?:[^`\\\\])*)`" + `|([\w.+-]+))`)

// get returns the first value of a name, and false where it is not there or folded away.
func (i inspected) get(name string) (string, bool) {
	for _, m := range field.re().FindAllStringSubmatchIndex(i.text, 4000) {
		if i.text[m[2]:m[3]] != name {
			continue
		}
		if v, ok := i.value(m); ok && v != "undefined" && v != "null" {
			return v, true
		}
	}
	return "", false
}

// value is the one of a match that is there.
func (i inspected) value(m []int) (string, bool) {
	for _, g := range []int{4, 6, 8, 10} {
		if m[g] < 0 {
			continue
		}
		raw := i.text[m[g]:m[g+1]]
		if g == 10 {
			return raw, true
		}
		return unescape(raw), true
	}
	return "", false
}

// unescape reads the escapes that JavaScript and JSON have in common.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	if v, err := strconv.Unquote(`"` + strings.ReplaceAll(strings.ReplaceAll(s, `\'`, `'`), `\/`, `/`) + `"`); err == nil {
		return v
	}
	return s
}

// headersStart is where the headers of a request are shown.
var headersStart = newPattern(`(?:^|[\s{,])["']?headers["']?:[ \t]*(?:[\w$]+[ \t]*)?(?:\[[\w$]+\][ \t]*)?(\{|\n)`)

// headers are those that the object's own "headers" shows, in braces or line by line.
func (i inspected) headers() fetch.HeaderList {
	at := headersStart.re().FindStringSubmatchIndex(i.text)
	if at == nil {
		return nil
	}
	rest := i.text[at[1]:]
	if i.text[at[2]:at[3]] == "{" {
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return nil
		}
		rest = "\n" + rest[:end]
	} else {
		// A tree that was unfolded: its names are lines, up to the prototype.
		end := strings.Index(rest, "[[Prototype]]")
		if end < 0 {
			return nil
		}
		rest = "\n" + rest[:end]
	}
	var l fetch.HeaderList
	block := inspected{rest}
	for _, m := range field.re().FindAllStringSubmatchIndex(rest, maxConfigs) {
		name := rest[m[2]:m[3]]
		v, ok := block.value(m)
		if v = httpspec.NormalizeHeaderValue(v); ok && m[10] < 0 && httpspec.IsToken(name) && httpspec.IsHeaderValue(v) {
			l = append(l, fetch.Header{Name: name, Value: v})
		}
	}
	return l
}
