package cors

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestOriginSetReturnsThePatternThatMatches(t *testing.T) {
	entries := []string{
		"https://cat", "https://concat", "https://*.kin", "https://*.kin:1", "https://pin:*", "http://*.ports.example:*",
		"https://*.a.example", "https://*.b.a.example:8443", "{http,https}://both.example", "https://list.example:{443,8080}",
		"x-app://view", "https://*.example.com.", "http://[::1]:*", "https://[2001:db8::1]", "https://*.x.y.z.w.v.u.t.example",
	}
	set := newOriginSet(0, 0)
	for _, entry := range entries {
		p, fault := parsePattern(entry)
		if fault != nil {
			t.Fatalf("%s: %+v", entry, *fault)
		}
		set.add(&p)
	}
	for s, want := range map[string]string{
		"https://cat": "https://cat", "https://concat": "https://concat", "https://copycat": "", "http://cat": "", "https://cat:1": "", "https://ca": "", "https://at": "",
		"https://nap.kin": "https://*.kin", "https://a.b.c.kin": "https://*.kin", "https://nap.kin:1": "https://*.kin:1", "https://nap.kin:2": "", "https://kin": "", "https://akin": "", "https://.kin": "", "https://kin.evil": "",
		"https://pin": "https://pin:*", "https://pin:65535": "https://pin:*", "http://pin:1": "", "https://a.pin": "", "https://pin:443": "", "https://pin:0": "https://pin:*",
		"http://a.ports.example": "http://*.ports.example:*", "http://a.b.ports.example:81": "http://*.ports.example:*", "http://ports.example:81": "",
		"https://b.a.example": "https://*.a.example", "https://c.b.a.example": "https://*.a.example", "https://c.b.a.example:8443": "https://*.b.a.example:8443", "https://b.a.example:8443": "",
		"http://both.example": "{http,https}://both.example", "https://both.example": "{http,https}://both.example", "ftp://both.example": "", "https://both.example:80": "",
		"https://list.example": "https://list.example:{443,8080}", "https://list.example:8080": "https://list.example:{443,8080}", "https://list.example:443": "", "https://list.example:8081": "",
		"x-app://view": "x-app://view", "x-app://other": "",
		"https://a.example.com.": "https://*.example.com.", "https://a.example.com": "",
		"http://[::1]": "http://[::1]:*", "http://[::1]:5": "http://[::1]:*", "https://[::1]:5": "", "http://[::2]:5": "", "https://[2001:db8::1]": "https://[2001:db8::1]",
		"https://s.x.y.z.w.v.u.t.example": "https://*.x.y.z.w.v.u.t.example", "https://y.z.w.v.u.t.example": "",
	} {
		if got, ok := set.match(s); got != want || ok != (want != "") {
			t.Errorf("match(%q) = %q, %v; want %q", s, got, ok, want)
		}
	}
	slices.Sort(entries)
	if got := set.list(); !slices.Equal(got, entries) {
		t.Errorf("list() = %q\nwant     %q", got, entries)
	}
}

// Each kind alone: the tables of the other kinds are not there then.
func TestOriginSetOfOneKind(t *testing.T) {
	for entry, origins := range map[string][2]string{
		"https://a.example":            {"https://a.example", "https://b.example"},
		"https://*.a.example":          {"https://b.a.example", "https://a.example"},
		"http://localhost:*":           {"http://localhost:5173", "http://localhostess:5173"},
		"https://*.a.example:*":        {"https://b.a.example:1", "https://a.example:1"},
		"https://a.example:{443,8443}": {"https://a.example:8443", "https://a.example:8444"},
	} {
		set := newOriginSet(0, 0)
		p, fault := parsePattern(entry)
		if fault != nil {
			t.Fatalf("%s: %+v", entry, *fault)
		}
		set.add(&p)
		if got, ok := set.match(origins[0]); !ok || got != entry {
			t.Errorf("%s: match(%q) = %q, %v", entry, origins[0], got, ok)
		}
		if got, ok := set.match(origins[1]); ok {
			t.Errorf("%s: match(%q) = %q", entry, origins[1], got)
		}
	}
}

func TestOriginSetForgetsWhatIsRemovedAndNothingElse(t *testing.T) {
	set := newOriginSet(0, 0)
	parse := func(s string) *pattern {
		p, fault := parsePattern(s)
		if fault != nil {
			t.Fatalf("%s: %+v", s, *fault)
		}
		return &p
	}
	// Three ways to allow https://app.example.com:8080.
	ways := []string{"https://app.example.com:8080", "https://app.example.com:{8080,8081}", "https://*.example.com:8080", "{http,https}://*.example.com:*"}
	for _, s := range ways {
		if !set.add(parse(s)) || set.add(parse(s)) {
			t.Fatalf("%s is added twice, or not once", s)
		}
	}
	for i, s := range ways {
		if got, ok := set.match("https://app.example.com:8080"); !ok || !slices.Contains(ways[i:], got) {
			t.Fatalf("with %q, match = %q, %v", ways[i:], got, ok)
		}
		if !set.remove(parse(s)) || set.remove(parse(s)) {
			t.Fatalf("%s is removed twice, or not once", s)
		}
	}
	if got, ok := set.match("https://app.example.com:8080"); ok {
		t.Errorf("match = %q after all were removed", got)
	}
	if set.size() != 0 || len(set.list()) != 0 {
		t.Errorf("%d entries are left: %q", set.size(), set.list())
	}
}

func TestOriginSetGrowsOutOfTheFewAndBack(t *testing.T) {
	set := newOriginSet(0, 0)
	origins := make([]string, 3*maxFew)
	for i := range origins {
		origins[i] = fmt.Sprintf("https://%d.example", i)
	}
	check := func(from, to int) {
		t.Helper()
		for i, s := range origins {
			if _, ok := set.match(s); ok != (i >= from && i < to) {
				t.Fatalf("with %d to %d, match(%s) = %v", from, to, s, ok)
			}
		}
	}
	for i, s := range origins {
		set.add(&pattern{text: s, exact: true})
		check(0, i+1)
	}
	for i, s := range origins {
		set.remove(&pattern{text: s, exact: true})
		check(i+1, len(origins))
	}
}

func TestOriginsAreAddedUnderLoad(t *testing.T) {
	m, err := New(Config{Origins: []string{"https://stays.example", "https://*.stays.example"}})
	if err != nil {
		t.Fatal(err)
	}
	allowed := func(origin string) bool {
		return m.Decide("GET", headers("Origin: "+origin)).Reason == ReasonAllowed
	}
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for i := 0; !stop.Load(); i++ {
				switch {
				case !allowed("https://stays.example"), !allowed("https://sub.stays.example"):
					t.Error("an origin that stays was refused")
					return
				case allowed(fmt.Sprintf("https://never%d.example", i)), allowed("https://x.never.example"):
					t.Error("an origin that was never added was allowed")
					return
				}
			}
		})
	}
	for i := range 2000 {
		for _, entry := range []string{fmt.Sprintf("https://t%d.example", i), fmt.Sprintf("https://*.t%d.example:*", i)} {
			if added, err := m.AddOrigin(entry); !added || err != nil {
				t.Fatalf("AddOrigin(%s) = %v, %v", entry, added, err)
			}
			origin := strings.NewReplacer("*.", "a.", ":*", ":1").Replace(entry)
			if !allowed(origin) {
				t.Fatalf("%s is not seen once added", origin)
			}
			if i%2 == 0 {
				if !m.RemoveOrigin(entry) || allowed(origin) {
					t.Fatalf("%s is seen once removed", origin)
				}
			}
		}
	}
	stop.Store(true)
	readers.Wait()
	if c, _ := m.Config(); len(c.Origins) != 2+2000 {
		t.Errorf("%d origins are left", len(c.Origins))
	}
}

func FuzzOriginSet(f *testing.F) {
	f.Add("https://*.a.example:{443,8443}\n{http,https}://b:*\nhttps://c", "https://x.a.example:8443")
	f.Add("http://[::1]:*\nhttp://*.localhost", "http://[::1]:1")
	f.Fuzz(func(t *testing.T, entries, s string) {
		set := newOriginSet(0, 0)
		var accepted []string
		for entry := range strings.SplitSeq(entries, "\n") {
			if p, fault := parsePattern(entry); fault == nil && len(accepted) < 20 {
				set.add(&p)
				accepted = append(accepted, p.text)
			}
		}
		_, valid := parseRequestOrigin(s)
		want := valid && slices.ContainsFunc(accepted, func(entry string) bool { return refAllows(entry, s) })
		got, ok := set.match(s)
		if ok != want || ok && (!slices.Contains(accepted, got) || !refAllows(got, s)) {
			t.Fatalf("with %q, match(%q) = %q, %v; want %v", accepted, s, got, ok, want)
		}
	})
}
