package jsrun

import (
	"encoding/json"
	"testing"
)

func TestURL(t *testing.T) {
	const show = `const show = (u) => console.log(u.href);`
	runSnippets(t, Config{}, []snippet{
		{"a relative URL and its base", `console.log(new URL("../x?y#z", "https://h/a/b/c").href)`, "https://h/a/x?y#z"},
		{"members", `const u = new URL("https://u:p@h:8443/p?q#f"); console.log(u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash, u.origin)`,
			"https: u p h:8443 h 8443 /p ?q #f https://h:8443"},
		{"what is no URL", `try { new URL("no") } catch (e) { console.log(e.name) } console.log(URL.canParse("no"), URL.parse("no"), URL.canParse("a:"))`, "TypeError\nfalse null true"},
		{"setters", show + `const u = new URL("http://h/p"); u.protocol = "https"; u.host = "x:81"; u.pathname = "a b?c"; u.search = "d#e"; u.hash = "f"; u.username = "m@"; u.password = ":"; show(u)`,
			"https://m%40:%3A@x:81/a%20b%3Fc?d%23e#f"},
		{"setters with values that do not fit", show + `const u = new URL("http://h:1/p"); u.host = ""; u.hostname = "a:b"; u.port = "x"; u.protocol = "mailto"; show(u)`, "http://h:1/p"},
		{"a default port is not written", show + `const u = new URL("http://h:1/p"); u.port = "80"; show(u); u.port = ""; show(u)`, "http://h/p\nhttp://h/p"},
		{"a scheme that is not special becomes another", show + `const u = new URL("aa://h/p"); u.protocol = "bb"; show(u); u.protocol = "http"; show(u)`, "bb://h/p\nbb://h/p"},
		{"searchParams is live in both directions", show + `const u = new URL("http://h/?a=1"); u.searchParams.append("b", "2 é"); show(u); u.search = "?c=3"; console.log([...u.searchParams].join())`,
			"http://h/?a=1&b=2+%C3%A9\nc,3"},
		{"URLSearchParams of all kinds", `console.log(String(new URLSearchParams("?a=1&a=2")), String(new URLSearchParams({b: "x y"})), String(new URLSearchParams([["c", "1"]])), new URLSearchParams("a=1&b").size)`,
			"a=1&a=2 b=x+y c=1 2"},
		{"URLSearchParams changed and sorted", `const p = new URLSearchParams("b=1&a=2&b=3"); p.set("b", "9"); p.delete("x"); p.sort(); console.log(String(p), p.has("a", "2"), p.has("a", "3"), p.getAll("b").join())`,
			"a=2&b=9 true false 9"},
	})
}

func FuzzURLMembers(f *testing.F) {
	f.Add("https://u:p@h:1/p?q#f", "host", "x:2")
	f.Add("aa:b", "protocol", "c")
	f.Add("file:///x", "hostname", "h")
	f.Add("aa://h//x", "pathname", "//y")
	f.Fuzz(func(t *testing.T, url, member, value string) {
		text, err := opURLSet(nil, arguments{url, member, value})
		if err != nil {
			t.Fatal(err)
		}
		if text == nil {
			return
		}
		// What a setter leaves is a URL, and setting a member that does not exist leaves it.
		again, err := opURLSet(nil, arguments{hrefOf(t, text), "none", ""})
		if err != nil || again != text {
			t.Errorf("%q.%s = %q gives %v, which is read as %v, %v", url, member, value, text, again, err)
		}
	})
}

func hrefOf(t *testing.T, record any) string {
	t.Helper()
	var r urlRecord
	if err := json.Unmarshal([]byte(record.(string)), &r); err != nil {
		t.Fatal(err)
	}
	return r.Href
}
