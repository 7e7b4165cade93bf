package differ

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/e2e/world"
)

// shrinkTime bounds the work on one case.
const shrinkTime = 20 * time.Second

// Shrink looks for the smallest case in which browser and engine still differ: it takes away one thing after the other as long
// as they do.
func (l *Lab) Shrink(ctx context.Context, d Disagreement) (Disagreement, error) {
	// A step back to an earlier case could go on for ever, and so could a browser that does not do the same thing twice.
	seen := map[string]bool{d.Case.String(): true}
	end := time.Now().Add(shrinkTime)
	for again := true; again && time.Now().Before(end); {
		again = false
		candidates := slices.DeleteFunc(d.Case.smaller(), func(c Case) bool { return seen[c.String()] })
		for len(candidates) > 0 {
			now := candidates[:min(40, len(candidates))]
			candidates = candidates[len(now):]
			found, err := l.Compare(ctx, now)
			if err != nil {
				return d, err
			}
			first := -1
			for i := range found {
				if first < 0 || i < first {
					first = i
				}
			}
			if first >= 0 {
				d, again = found[first], true
				seen[d.Case.String()] = true
				break
			}
		}
	}
	return d, nil
}

// smaller returns the cases that lack one thing of c, the greatest things first.
func (c Case) smaller() []Case {
	var out []Case
	try := func(edit func(*Case)) {
		s := c.clone()
		edit(&s)
		if s.String() != c.String() {
			out = append(out, s)
		}
	}
	try(func(s *Case) { s.Frame = nil })
	if c.Frame != nil {
		try(func(s *Case) { s.Frame.Sandbox = false })
	}
	for i := range c.Calls {
		if len(c.Calls) > 1 {
			try(func(s *Case) { s.Calls = slices.Delete(s.Calls, i, i+1) })
		}
	}
	names := slices.Sorted(maps.Keys(c.Script))
	for _, name := range names {
		try(func(s *Case) { delete(s.Script, name) })
	}
	for i, call := range c.Calls {
		try(func(s *Case) { s.Calls[i].Headers = nil })
		for j, f := range call.Headers {
			try(func(s *Case) { s.Calls[i].Headers = slices.Delete(s.Calls[i].Headers, j, j+1) })
			if len(f[1]) > 3 {
				try(func(s *Case) { s.Calls[i].Headers[j][1] = "x" })
			}
		}
		try(func(s *Case) { s.Calls[i].Body = nil })
		try(func(s *Case) { s.Calls[i].Method = "" })
		try(func(s *Case) { s.Calls[i].Mode = "" })
		try(func(s *Case) { s.Calls[i].Credentials = "" })
		try(func(s *Case) { s.Calls[i].Redirect = "" })
		try(func(s *Case) { s.Calls[i].Cache = "" })
		try(func(s *Case) { s.Calls[i].ReferrerPolicy = "" })
		try(func(s *Case) { s.Calls[i].Referrer = "" })
		try(func(s *Case) { s.Calls[i].Keepalive = false })
		try(func(s *Case) { s.Calls[i].Wait = 0 })
		for j := range i {
			try(func(s *Case) { s.Calls[i] = s.Calls[j] })
		}
	}
	for _, name := range names {
		node := c.Script[name]
		shrinkAnswers(try, node.Preflights, func(s *Case) *[]world.Answer { return &s.Script[name].Preflights })
		shrinkAnswers(try, node.Answers, func(s *Case) *[]world.Answer { return &s.Script[name].Answers })
	}
	// Last, the plainest of all places and headers, so that the same fault leads to the same case.
	for _, from := range []string{"api.app.test:8101", "api.app.test", "other.test:8101", "app.test:8101"} {
		try(func(s *Case) { *s = s.replace("http://"+from+"/", "http://other.test/") })
	}
	for _, from := range []string{"api.app.test:8443", "api.app.test", "other.test:8443", "app.test:8443"} {
		try(func(s *Case) { *s = s.replace("https://"+from+"/", "https://other.test/") })
	}
	try(func(s *Case) { *s = s.replace("https://", "http://").replace(":8443", ":8101") })
	for i, call := range c.Calls {
		if cut := call.URL[:strings.LastIndex(call.URL, "/a")+2]; strings.Contains(call.URL, "/a") {
			try(func(s *Case) { s.Calls[i].URL = cut })
		}
		for j := range call.Headers {
			try(func(s *Case) { s.Calls[i].Headers[j] = world.Field{"x-a", "1"} })
		}
		if call.Method != "" && call.Method != "POST" {
			try(func(s *Case) { s.Calls[i].Method = "PUT" })
		}
	}
	return out
}

// replace replaces a text wherever it stands.
func (c Case) replace(from, to string) Case {
	var out Case
	if err := json.Unmarshal([]byte(strings.ReplaceAll(c.String(), from, to)), &out); err != nil {
		panic(err) // the texts have no quotes
	}
	return out
}

func shrinkAnswers(try func(func(*Case)), answers []world.Answer, of func(*Case) *[]world.Answer) {
	for i, a := range answers {
		try(func(s *Case) { *of(s) = slices.Delete(*of(s), i, i+1) })
		try(func(s *Case) { (*of(s))[i].Fields = nil })
		for j := range a.Fields {
			try(func(s *Case) { f := &(*of(s))[i].Fields; *f = slices.Delete(*f, j, j+1) })
		}
		try(func(s *Case) { (*of(s))[i].Body = "" })
		try(func(s *Case) { (*of(s))[i].Reason = "" })
		try(func(s *Case) { (*of(s))[i].Status = 200 })
	}
}
