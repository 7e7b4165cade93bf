package fetch

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/corscope/corscope/origin"
)

// urlVector is one case of WPT's url/resources/urltestdata.json.
type urlVector struct {
	Input    string
	Base     *string
	Failure  bool
	Href     string
	Origin   *string
	Protocol string
	Username string
	Password string
	Host     string
	Hostname string
	Port     string
	Pathname string
	Search   string
	Hash     string
}

func readVectors(t testing.TB, name string, each func(index int, raw json.RawMessage)) {
	t.Helper()
	text, err := os.ReadFile("../testdata/wpt/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all []json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for i, raw := range all {
		if len(raw) > 0 && raw[0] == '{' { // strings are comments
			each(i, raw)
		}
	}
}

// expectedURLFailures are the vectors that are known to fail, each with its
// reason, keyed by "base|input". One that succeeds fails the test. There is none.
var expectedURLFailures = map[string]string{}

func TestWPTURLVectorsParseAsTheStandardExpects(t *testing.T) {
	seen := map[string]bool{}
	count := 0
	readVectors(t, "urltestdata.json", func(i int, raw json.RawMessage) {
		var v urlVector
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		count++
		key := "|" + v.Input
		if v.Base != nil {
			key = *v.Base + key
		}
		complaint := checkURLVector(v)
		reason, expected := expectedURLFailures[key]
		seen[key] = true
		switch {
		case complaint != "" && !expected:
			t.Errorf("vector %d, %q: %s", i, key, complaint)
		case complaint == "" && expected:
			t.Errorf("vector %d, %q succeeds; take it off the list (%s)", i, key, reason)
		}
	})
	if count < 800 {
		t.Errorf("only %d vectors were read", count)
	}
	for key := range expectedURLFailures {
		if !seen[key] {
			t.Errorf("%q is on the list of expected failures and no vector", key)
		}
	}
}

func checkURLVector(v urlVector) string {
	var u *URL
	var err error
	if v.Base == nil {
		u, err = ParseURL(v.Input)
	} else {
		base, baseErr := ParseURL(*v.Base)
		if baseErr != nil {
			if v.Failure {
				return ""
			}
			return "the base does not parse: " + baseErr.Error()
		}
		u, err = base.Parse(v.Input)
	}
	if v.Failure {
		if err == nil {
			return fmt.Sprintf("parsed as %q, want a failure", u)
		}
		return ""
	}
	if err != nil {
		return err.Error()
	}
	port := ""
	if p, ok := u.Port(); ok {
		port = strconv.Itoa(int(p))
	}
	search, _ := u.Query()
	if search != "" {
		search = "?" + search
	}
	hash, _ := u.Fragment()
	if hash != "" {
		hash = "#" + hash
	}
	for _, c := range []struct{ what, got, want string }{
		{"href", u.String(), v.Href},
		{"protocol", u.Scheme() + ":", v.Protocol},
		{"username", u.Username(), v.Username},
		{"password", u.Password(), v.Password},
		{"host", u.HostPort(), v.Host},
		{"hostname", u.Host(), v.Hostname},
		{"port", port, v.Port},
		{"pathname", u.Path(), v.Pathname},
		{"search", search, v.Search},
		{"hash", hash, v.Hash},
	} {
		if c.got != c.want {
			return fmt.Sprintf("%s is %q, want %q", c.what, c.got, c.want)
		}
	}
	if v.Origin != nil && u.Origin().String() != *v.Origin {
		return fmt.Sprintf("origin is %q, want %q", u.Origin(), *v.Origin)
	}
	if again, err := ParseURL(u.String()); err != nil || *unidentified(again) != *unidentified(u) {
		return fmt.Sprintf("parsing %q again gives %q (%v)", u, again, err)
	}
	return ""
}

// unidentified is a copy whose opaque origin, if it has one, is taken out: two
// parses never share one.
func unidentified(u *URL) *URL {
	if u == nil {
		return &URL{}
	}
	c := *u
	if c.origin.IsOpaque() {
		c.origin = origin.Origin{}
	}
	return &c
}

const olderUnicode = "x/net/idna has the tables of Unicode 15.0 until it is built with Go 1.27, and the vector wants 15.1 or later"

// expectedASCIIFailures is like expectedURLFailures, keyed by the input.
var expectedASCIIFailures = map[string]string{
	"look\u180eout.net": olderUnicode,
	"look\u206bout.net": olderUnicode,
	"\u04c0.com":        olderUnicode,
	"\U0002f868.com":    olderUnicode,
	"\u2183.com":        olderUnicode,
	"\u1e9e.com":        olderUnicode,
	"\u1e9e.foo.com":    olderUnicode,
}

func TestWPTDomainsToASCIIAsTheStandardExpects(t *testing.T) {
	count := 0
	readVectors(t, "toascii.json", func(i int, raw json.RawMessage) {
		var v struct {
			Input  string
			Output *string
		}
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		count++
		complaint := ""
		u, err := ParseURL("https://" + v.Input + "/x")
		switch {
		case v.Output == nil && err == nil:
			complaint = fmt.Sprintf("accepted as %q, want a failure", u.Host())
		case v.Output != nil && err != nil:
			complaint = err.Error()
		case v.Output != nil && u.Host() != *v.Output:
			complaint = fmt.Sprintf("host is %q, want %q", u.Host(), *v.Output)
		}
		reason, expected := expectedASCIIFailures[v.Input]
		switch {
		case complaint != "" && !expected:
			t.Errorf("vector %d, %q: %s", i, v.Input, complaint)
		case complaint == "" && expected:
			t.Errorf("vector %d, %q succeeds; take it off the list (%s)", i, v.Input, reason)
		}
	})
	if count < 80 {
		t.Errorf("only %d vectors were read", count)
	}
}
