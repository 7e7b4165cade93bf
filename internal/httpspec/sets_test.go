package httpspec_test

import (
	"testing"

	"github.com/corscope/corscope/internal/httpspec"
)

// sets lists what the standard lists, under the name of the function that
// answers for it; TestSets asks every function about every name.
var sets = map[string]struct {
	is      func(string) bool
	members []string
}{
	"IsForbiddenMethod":      {httpspec.IsForbiddenMethod, []string{"CONNECT", "TRACE", "TRACK"}},
	"IsCORSSafelistedMethod": {httpspec.IsCORSSafelistedMethod, []string{"GET", "HEAD", "POST"}},
	"IsForbiddenRequestHeaderName": {httpspec.IsForbiddenRequestHeaderName, []string{
		"Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers",
		"Access-Control-Request-Method", "Connection", "Content-Length", "Cookie",
		"Cookie2", "Date", "DNT", "Expect", "Host", "Keep-Alive", "Origin",
		"Referer", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
		"Via", "Proxy-", "Proxy-Anything", "Sec-", "Sec-Fetch-Site",
	}},
	"IsForbiddenResponseHeaderName": {httpspec.IsForbiddenResponseHeaderName, []string{"Set-Cookie", "Set-Cookie2"}},
	"IsCORSSafelistedResponseHeaderName": {httpspec.IsCORSSafelistedResponseHeaderName, []string{
		"Cache-Control", "Content-Language", "Content-Length", "Content-Type",
		"Expires", "Last-Modified", "Pragma",
	}},
	"IsCORSNonWildcardRequestHeaderName":  {httpspec.IsCORSNonWildcardRequestHeaderName, []string{"Authorization"}},
	"IsPrivilegedNoCORSRequestHeaderName": {httpspec.IsPrivilegedNoCORSRequestHeaderName, []string{"Range"}},
	"IsRequestBodyHeaderName": {httpspec.IsRequestBodyHeaderName, []string{
		"Content-Encoding", "Content-Language", "Content-Location", "Content-Type",
	}},
	"IsCORSSafelistedRequestHeaderName": {httpspec.IsCORSSafelistedRequestHeaderName, []string{
		"Accept", "Accept-Language", "Content-Language", "Content-Type", "Range",
	}},
	"IsNoCORSSafelistedRequestHeaderName": {httpspec.IsNoCORSSafelistedRequestHeaderName, []string{
		"Accept", "Accept-Language", "Content-Language", "Content-Type",
	}},
}

func TestSetsHoldTheirMembersInAnyCaseAndNothingElse(t *testing.T) {
	all := []string{"", "X", "Proxy", "Sec", "XSec-Foo", "X-HTTP-Method", "X-Api-Key", "PUT", "Cookie3", "Via2", "Dnt0", "\u212aeep-Alive"}
	for _, set := range sets {
		all = append(all, set.members...)
	}
	for name, set := range sets {
		in := map[string]bool{}
		for _, m := range set.members {
			in[m] = true
		}
		for _, s := range all {
			if got := set.is(s); got != in[s] {
				t.Errorf("%s(%q) = %v, want %v", name, s, got, in[s])
			}
			// Methods are case-sensitive, and the forbidden ones are forbidden in
			// any case; everything else here is a field name.
			caseMatters := name == "IsCORSSafelistedMethod"
			lower := refLower(s)
			if got, want := set.is(lower), in[s] && (!caseMatters || s == lower); got != want {
				t.Errorf("%s(%q) = %v, want %v", name, lower, got, want)
			}
		}
	}
}

func TestNormalizeMethod(t *testing.T) {
	for in, want := range map[string]string{
		"delete": "DELETE", "Get": "GET", "hEAD": "HEAD", "options": "OPTIONS",
		"post": "POST", "put": "PUT", "PUT": "PUT",
		"patch": "patch", "Patch": "Patch", "connect": "connect", "": "", "gets": "gets", "purges": "purges",
	} {
		if got := httpspec.NormalizeMethod(in); got != want {
			t.Errorf("NormalizeMethod(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIsForbiddenRequestHeaderLooksAtTheValueOfMethodOverrides(t *testing.T) {
	for _, tt := range []struct {
		name, header, value string
		want                bool
	}{
		{"a name that is forbidden is forbidden with any value", "cookie", "", true},
		{"an override with a harmless method is allowed", "X-HTTP-Method-Override", "DELETE", false},
		{"an override with a forbidden method is forbidden", "X-HTTP-Method-Override", "TRACE", true},
		{"the case of neither name nor method matters", "x-http-method", "connect", true},
		{"any member of the list counts", "X-Method-Override", "get,\tTrack ", true},
		{"a comma inside quotes does not split", "X-Method-Override", `"a,TRACE,b"`, false},
		{"a quoted method is not a method", "X-Method-Override", `"TRACE"`, false},
		{"other headers may name a forbidden method", "X-Method", "TRACE", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := httpspec.IsForbiddenRequestHeader(tt.header, tt.value); got != tt.want {
				t.Errorf("IsForbiddenRequestHeader(%q, %q) = %v, want %v", tt.header, tt.value, got, tt.want)
			}
		})
	}
}

func TestHeaderValues(t *testing.T) {
	for _, tt := range []struct {
		name, in, normalized string
		valid                bool
	}{
		{"nothing is a value", "", "", true},
		{"plain text is a value", "a b", "a b", true},
		{"whitespace at the ends goes", " \t\r\na b\n", "a b", false},
		{"only whitespace leaves nothing", " \r\n\t", "", false},
		{"form feed and vertical tab are not HTTP whitespace", "\fa\v", "\fa\v", true},
		{"a line break inside is no value", "a\r\nb", "a\r\nb", false},
		{"NUL is no value", "a\x00b", "a\x00b", false},
		{"bytes above ASCII are a value", "\xff\xe9", "\xff\xe9", true},
		{"other control bytes are a value", "\x01\x7f", "\x01\x7f", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := httpspec.NormalizeHeaderValue(tt.in); got != tt.normalized {
				t.Errorf("NormalizeHeaderValue(%q) = %q, want %q", tt.in, got, tt.normalized)
			}
			if got := httpspec.IsHeaderValue(tt.in); got != tt.valid {
				t.Errorf("IsHeaderValue(%q) = %v, want %v", tt.in, got, tt.valid)
			}
		})
	}
}
