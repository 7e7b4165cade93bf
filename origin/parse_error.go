package origin

import (
	"strconv"
	"strings"
)

// Code says what is wrong with a serialised origin. Its text is stable and fit for JSON.
type Code string

// The codes of a [ParseError].
const (
	CodeEmpty           Code = "empty"
	CodeTooLong         Code = "too-long"          // longer than MaxLength
	CodeWhitespace      Code = "whitespace"        // or a control character
	CodeQuoted          Code = "quoted"            // in ' or "
	CodeSeveral         Code = "several"           // a list of origins
	CodeWildcard        Code = "wildcard"          // "*", alone or in the host or as the port
	CodeUpperCase       Code = "upper-case"        // in scheme, host or null
	CodeMissingScheme   Code = "missing-scheme"    // example.com, //example.com, https:example.com
	CodeBadScheme       Code = "bad-scheme"        // a byte that no scheme has
	CodeUserinfo        Code = "userinfo"          // user:password@
	CodeMissingHost     Code = "missing-host"      // https://, file:///
	CodeBadHost         Code = "bad-host"          // a byte, an empty label or a hyphen where the grammar has none
	CodeTrailingDot     Code = "trailing-dot"      // example.com.
	CodeNonASCIIHost    Code = "non-ascii-host"    // bücher.example
	CodeBadIPv4         Code = "bad-ipv4"          // a last label that is a number, but not four numbers from 0 to 255
	CodeBadIPv6         Code = "bad-ipv6"          // without brackets, no address, or not in the form of RFC 5952
	CodeBadPort         Code = "bad-port"          // not a number
	CodePortLeadingZero Code = "port-leading-zero" // :08080
	CodePortOutOfRange  Code = "port-out-of-range" // above 65535
	CodeDefaultPort     Code = "default-port"      // https and :443
	CodeTrailingSlash   Code = "trailing-slash"    // nothing but "/" after the origin
	CodePath            Code = "path"
	CodeQuery           Code = "query"
	CodeFragment        Code = "fragment"
)

// ParseError says why a string is no serialised origin. It is the only error type of [Parse] and [New].
type ParseError struct {
	// Code names the leftmost fault.
	Code Code
	// Input is the whole input; of one that is too long, the first MaxLength bytes.
	Input string
	// Pos is the offset in Input, in bytes, at which the fault begins: 0 to len(Input).
	Pos int
	// Hint says in a few words what to do about it. It is never empty.
	Hint string
	// Meant is the origin that was probably meant, all faults repaired, or "" where that cannot be told. It parses. For input
	// without scheme, or with a user name, a path or more, it is a guess that a person should see.
	Meant string
}

var _ error = (*ParseError)(nil)

// maxQuoted keeps the message on a terminal's screen; Input is there for whoever wants all.
const maxQuoted = 80

// Error returns one line of printable ASCII, whatever the input was.
func (e *ParseError) Error() string {
	shown, more := e.Input, ""
	if len(shown) > maxQuoted {
		shown, more = shown[:maxQuoted], "..."
	}
	b := make([]byte, 0, 256)
	b = append(b, "origin: "...)
	b = strconv.AppendQuoteToASCII(b, shown)
	b = append(b, more...)
	b = append(b, ": "...)
	b = append(b, strings.ReplaceAll(string(e.Code), "-", " ")...)
	b = append(b, " at byte "...)
	b = strconv.AppendInt(b, int64(e.Pos), 10)
	b = append(b, ": "...)
	b = append(b, e.Hint...)
	if e.Meant != "" {
		b = append(b, "; did you mean "...)
		b = strconv.AppendQuoteToASCII(b, e.Meant)
		b = append(b, '?')
	}
	return string(b)
}

const (
	hintEmpty          = "write scheme://host, and :port if it is not the scheme's default"
	hintTooLong        = "no reachable host needs an origin of more than 1024 bytes"
	hintWhitespace     = "an origin has no spaces or control characters"
	hintQuoted         = "write the origin without quotes"
	hintSeveral        = "one origin only; headers and browsers know no list of origins"
	hintWildcard       = "a wildcard is not an origin; no browser sends one"
	hintUpperCase      = "browsers send origins in lower case and compare them byte for byte"
	hintMissingScheme  = "begin with the scheme and ://, as in https://example.com"
	hintMissingSlashes = "write :// between scheme and host"
	hintScheme         = "a scheme is a lower-case letter, then letters, digits, +, - or ."
	hintUserinfo       = "an origin has no user name or password"
	hintMissingHost    = "write a host after ://"
	hintHost           = "a host is labels of letters, digits and inner hyphens, with dots between them"
	hintUnderscore     = "the grammar of an origin has no underscore in a host; rename the host"
	hintPercent        = "write the host decoded; browsers never send %-escapes in it"
	hintSerialisedHost = "give the host as a URL parser serialises it: lower case, punycode, IPv6 in brackets"
	hintTrailingDot    = "leave out the dot after the host; with it, it is another host to a browser"
	hintNonASCII       = "write the host in punycode, as browsers send it"
	hintNoPunycode     = "no valid internationalised name; write the host in punycode"
	hintIPv4           = "a host that ends in a number is four numbers from 0 to 255 without leading zeros"
	hintIPv6           = "write an IPv6 address in brackets, in lower case and compressed as RFC 5952 has it"
	hintPort           = "a port is a number from 0 to 65535"
	hintPortZero       = "write the port without leading zeros"
	hintPortRange      = "ports end at 65535"
	hintDefaultPort    = "leave out the port: browsers never send the scheme's default"
	hintTrailingSlash  = "leave out the slash at the end"
	hintPath           = "an origin ends before the path"
	hintQuery          = "an origin ends before the query"
	hintFragment       = "an origin ends before the fragment"
)

func tooLong(s string) *ParseError {
	return &ParseError{Code: CodeTooLong, Input: strings.Clone(s[:min(len(s), MaxLength)]), Pos: MaxLength, Hint: hintTooLong}
}
