package diagnose

import "testing"

func TestWhatAPolicyHasToSayInstead(t *testing.T) {
	for name, c := range map[string]struct{ directive, value, url, want string }{
		"the directive is there":                 {"img-src", "img-src 'self'", "https://cdn.example.com/a.png", `The policy says "img-src 'self'". Make that "img-src 'self' https://cdn.example.com".`},
		"another stands in its place":            {"font-src", "default-src 'self' data:", "https://cdn.example.com:8443/a", `The policy says "default-src 'self' data:" and has no font-src of its own. Add one: "font-src 'self' data: https://cdn.example.com:8443".`},
		"'none' stands alone or not at all":      {"img-src", "default-src 'none'", "https://cdn.example.com/a.png", `The policy says "default-src 'none'" and has no img-src of its own. Add one: "img-src https://cdn.example.com".`},
		"that of elements is the same":           {"style-src", "style-src-elem 'self'", "https://cdn.example.com/a.css", `The policy says "style-src-elem 'self'". Make that "style-src-elem 'self' https://cdn.example.com".`},
		"what the policy says is not known":      {"img-src", "", "https://cdn.example.com/a.png", "The directive is img-src: add https://cdn.example.com to it."},
		"neither is the server":                  {"img-src", "img-src 'self'", "", "The directive is img-src."},
		"nor the directive: nothing can be said": {"", "", "https://cdn.example.com/a.png", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, ok := Interpret(Words{Cause: "csp-subresource", Directive: c.directive, Value: c.value, URL: c.url})
			if !ok || m.Says != c.want {
				t.Errorf("it says %s", m.Says)
			}
		})
	}
}
