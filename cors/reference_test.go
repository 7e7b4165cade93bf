package cors

import (
	"net/http"
	"slices"
	"strings"

	"github.com/corscope/corscope/origin"
)

// This file has a slow and literal reading of Config, to compare Policy with,
// and what a browser makes of an answer.

// refAllows reports whether one entry of Config.Origins, which is well-formed,
// stands for the origin s. It spells out every origin that the entry could mean
// and compares.
func refAllows(entry, s string) bool {
	scheme, hostport, ok := strings.Cut(s, "://")
	if !ok {
		return false
	}
	schemes, target, _ := strings.Cut(entry, "://")
	host, port, hasPort := hostport, "", false
	if i := strings.LastIndexByte(hostport, ':'); i > strings.LastIndexByte(hostport, ']') {
		host, port, hasPort = hostport[:i], hostport[i+1:], true
	}
	wantHost, wantPort, wantsPort := target, "", false
	if i := strings.LastIndexByte(target, ':'); i > strings.LastIndexByte(target, ']') {
		wantHost, wantPort, wantsPort = target[:i], target[i+1:], true
	}
	if !slices.Contains(strings.Split(strings.Trim(schemes, "{}"), ","), scheme) {
		return false
	}
	if base, wild := strings.CutPrefix(wantHost, "*"); wild {
		if !strings.HasSuffix(host, base) || len(host) <= len(base) {
			return false
		}
	} else if host != wantHost {
		return false
	}
	switch {
	case !wantsPort:
		return !hasPort
	case wantPort == "*":
		return true
	}
	if !hasPort {
		def, ok := origin.DefaultPort(scheme)
		if !ok {
			return false
		}
		port = itoa(def)
	}
	return slices.Contains(strings.Split(strings.Trim(wantPort, "{}"), ","), port)
}

func itoa(n uint16) string {
	digits := ""
	for {
		digits = string(rune('0'+n%10)) + digits
		if n /= 10; n == 0 {
			return digits
		}
	}
}

// refReason is Decide's Reason, step by step.
func refReason(c Config, method string, h http.Header) Reason {
	origins := h["Origin"]
	preflight := method == "OPTIONS" && len(origins) > 0 && len(h["Access-Control-Request-Method"]) > 0
	switch {
	case len(origins) == 0:
		return ReasonNotCORS
	case len(origins) > 1:
		return ReasonOriginRepeated
	}
	o := origins[0]
	_, valid := parseRequestOrigin(o)
	listed := valid && slices.ContainsFunc(c.Origins, func(entry string) bool { return refAllows(entry, o) })
	switch {
	case c.AllowAnyOrigin, listed, o == "null" && c.DangerouslyAllowNullOrigin:
	case !valid && o != "null":
		return ReasonOriginMalformed
	case !preflight && slices.Equal(h["Sec-Fetch-Site"], []string{"same-origin"}), !preflight && slices.Equal(h["Sec-Fetch-Site"], []string{"none"}):
		return ReasonNotCORS
	case o == "null":
		return ReasonOriginNull
	default:
		return ReasonOriginNotAllowed
	}
	if !preflight {
		return ReasonAllowed
	}
	if reason := refMethod(c, h["Access-Control-Request-Method"]); reason != ReasonAllowed {
		return reason
	}
	return refHeaders(c, h["Access-Control-Request-Headers"])
}

func refMethod(c Config, lines []string) Reason {
	m := lines[0]
	listed := slices.ContainsFunc(c.Methods, func(entry string) bool {
		for _, normalized := range []string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"} {
			if strings.EqualFold(entry, normalized) {
				entry = normalized
			}
		}
		return entry == m
	})
	forbidden := slices.Contains([]string{"CONNECT", "TRACE", "TRACK"}, strings.ToUpper(m))
	switch {
	case len(lines) > 1, len(m) > 64:
		return ReasonMethodMalformed
	case m == "GET", m == "HEAD", m == "POST", listed && m != "*":
		return ReasonAllowed
	case m == "" || strings.Trim(m, refTChars) != "":
		return ReasonMethodMalformed
	case slices.Contains(c.Methods, "*") && !forbidden:
		return ReasonAllowed
	}
	return ReasonMethodNotAllowed
}

const refTChars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func refHeaders(c Config, lines []string) Reason {
	any := slices.Contains(c.RequestHeaders, "*")
	if len(strings.Join(lines, "")) > 4096 || len(lines) > 64 {
		return ReasonHeadersTooLong
	}
	empty := 0
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			member = strings.Trim(member, " \t")
			listed := slices.ContainsFunc(c.RequestHeaders, func(entry string) bool { return entry != "*" && strings.EqualFold(entry, member) })
			switch {
			case member == "":
				if empty++; empty > 16 && !any {
					return ReasonHeadersTooLong
				}
			case listed:
			case strings.Trim(member, refTChars) != "":
				return ReasonHeadersMalformed
			case !any || strings.EqualFold(member, "authorization"):
				return ReasonHeaderNotAllowed
			}
		}
	}
	return ReasonAllowed
}

// refBrowser is what a browser makes of an answer: the CORS check and, of a
// preflight, the checks of CORS-preflight fetch that follow.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func refBrowser(request http.Header, preflight bool, status int, answer http.Header, credentials bool) bool {
	allowOrigin := strings.Join(answer["Access-Control-Allow-Origin"], ", ")
	switch {
	case allowOrigin == "":
		return false
	case allowOrigin == "*" && !credentials:
	case allowOrigin != request.Get("Origin"):
		return false
	case credentials && strings.Join(answer["Access-Control-Allow-Credentials"], ", ") != "true":
		return false
	}
	if !preflight {
		return true
	}
	if status < 200 || status > 299 {
		return false
	}
	list := func(name string) (members []string) {
		for _, line := range answer[name] {
			for member := range strings.SplitSeq(line, ",") {
				if member = strings.Trim(member, " \t"); member != "" {
					members = append(members, member)
				}
			}
		}
		return members
	}
	methods, names := list("Access-Control-Allow-Methods"), list("Access-Control-Allow-Headers")
	method := request.Get("Access-Control-Request-Method")
	if !slices.Contains([]string{"GET", "HEAD", "POST"}, method) && !slices.Contains(methods, method) && (credentials || !slices.Contains(methods, "*")) {
		return false
	}
	for _, line := range request["Access-Control-Request-Headers"] {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.Trim(member, " \t"); member == "" {
				continue
			}
			named := slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, member) })
			if !named && (credentials || !slices.Contains(names, "*") || strings.EqualFold(member, "authorization")) {
				return false
			}
		}
	}
	return true
}
