package jsrun

import (
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// opMethod returns a method as fetch sends it, "" for one that is forbidden, null for what is no method.
//
// https://fetch.spec.whatwg.org/#dom-request
func opMethod(_ *run, a arguments) (any, error) {
	method := isomorphicEncode(a.str(0))
	switch {
	case !httpspec.IsToken(method):
		return nil, nil
	case httpspec.IsForbiddenMethod(method):
		return "", nil
	}
	return httpspec.NormalizeMethod(method), nil
}

// opHeaderRefused takes a Headers object's guard, a name and a value, and says whether the guard keeps them out. Without a value the
// answer is null where it depends on the value. Names and values are valid already.
//
// https://fetch.spec.whatwg.org/#headers-validate
func opHeaderRefused(_ *run, a arguments) (any, error) {
	name, value := isomorphicEncode(a.str(1)), isomorphicEncode(a.str(2))
	switch a.str(0) {
	case "request", "request-no-cors":
		// These alone are refused for what they hold: a method that is forbidden.
		if len(a) == 2 && !httpspec.IsForbiddenRequestHeaderName(name) && httpspec.IsForbiddenRequestHeader(name, "TRACE") {
			return nil, nil
		}
		return httpspec.IsForbiddenRequestHeader(name, value), nil
	case "response":
		return httpspec.IsForbiddenResponseHeaderName(name), nil
	}
	return false, nil
}

// opNoCORSSafelisted answers for a guard request-no-cors: "safelisted", "name" for a name that is with other values, "privileged",
// or "".
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
func opNoCORSSafelisted(_ *run, a arguments) (any, error) {
	name, value := isomorphicEncode(a.str(0)), isomorphicEncode(a.str(1))
	switch {
	case httpspec.IsNoCORSSafelistedRequestHeaderName(name) && fetch.IsCORSSafelistedRequestHeader(name, value):
		return "safelisted", nil
	case httpspec.IsNoCORSSafelistedRequestHeaderName(name):
		return "name", nil
	case httpspec.IsPrivilegedNoCORSRequestHeaderName(name):
		return "privileged", nil
	}
	return "", nil
}
