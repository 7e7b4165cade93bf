package cors

import (
	"fmt"
	"strings"

	"github.com/corscope/corscope/origin"
)

// patternFault is what parsePattern reports: a Problem that does not know yet to
// which field it belongs.
type patternFault struct {
	code  Code
	pos   int
	meant string
	hint  string
}

// fileFault is about all URLs of files.
func fileFault() *patternFault {
	return &patternFault{CodeBadScheme, 0, "", "pages from files have the origin null, never file://"}
}

// originFault has package origin explain why s is not an origin.
func originFault(s string) *patternFault {
	_, err := origin.Parse(s)
	parseError, ok := err.(*origin.ParseError)
	if !ok {
		// Package origin takes longer hosts than DNS has.
		return &patternFault{CodeTooLong, strings.Index(s, "://") + len("://"), "", fmt.Sprintf("a host has at most %d bytes", maxHostLength-len("."))}
	}
	code, ok := originCodes[parseError.Code]
	if !ok {
		code = CodeMalformed
	}
	return &patternFault{code, parseError.Pos, parseError.Meant, parseError.Hint}
}

// originCodes names the codes of package origin that are causes of their own
// here.
var originCodes = map[origin.Code]Code{
	origin.CodeTooLong:         CodeTooLong,
	origin.CodeUpperCase:       CodeUpperCase,
	origin.CodeMissingScheme:   CodeMissingScheme,
	origin.CodeBadScheme:       CodeBadScheme,
	origin.CodeUserinfo:        CodeUserinfo,
	origin.CodeBadHost:         CodeBadHost,
	origin.CodeMissingHost:     CodeBadHost,
	origin.CodeNonASCIIHost:    CodeUnicodeHost,
	origin.CodeBadIPv4:         CodeBadAddress,
	origin.CodeBadIPv6:         CodeBadAddress,
	origin.CodeBadPort:         CodeBadPort,
	origin.CodePortOutOfRange:  CodeBadPort,
	origin.CodePortLeadingZero: CodeBadPort,
	origin.CodeDefaultPort:     CodeDefaultPort,
	origin.CodeTrailingSlash:   CodeTrailingSlash,
	origin.CodePath:            CodePath,
	origin.CodeQuery:           CodePath,
	origin.CodeFragment:        CodePath,
	origin.CodeSeveral:         CodeSeveral,
	origin.CodeWhitespace:      CodeWhitespace,
	origin.CodeQuoted:          CodeWhitespace,
}

// meantPattern returns s if it is a pattern, and "" if not: a guess that would
// be refused in its turn helps nobody.
func meantPattern(s string) string {
	if s == "" {
		return ""
	}
	if _, fault := readPattern(s); fault != nil {
		return ""
	}
	return s
}

// standIn makes an origin of a pattern and leads back from there.
type standIn struct {
	pattern, schemes, port string
	subdomains, wildPort   bool
}

func (t standIn) origin(scheme string, hasScheme bool, base, port string, hasPort bool, tail string) string {
	var b strings.Builder
	if hasScheme {
		b.WriteString(scheme + "://")
	}
	if t.subdomains {
		b.WriteString("x.")
	}
	b.WriteString(base)
	if t.wildPort {
		port = "1"
	}
	if hasPort {
		b.WriteString(":" + port)
	}
	b.WriteString(tail)
	return b.String()
}

// fault translates what was found in the stand-in, whose scheme has n bytes.
func (t standIn) fault(f *patternFault, n int) *patternFault {
	meant := f.meant
	f.meant = ""
	if scheme, rest, ok := strings.Cut(meant, "://"); ok {
		if len(t.schemes) > n {
			scheme = strings.ToLower(t.schemes)
		}
		if t.subdomains {
			rest = "*" + rest[1:]
		}
		if t.wildPort {
			rest = strings.TrimSuffix(rest, "1") + t.port
		}
		f.meant = scheme + "://" + rest
	}
	if f.pos >= n {
		f.pos += len(t.schemes) - n
	}
	if end := strings.LastIndex(t.pattern, ":"+t.port); t.wildPort && f.pos > end {
		f.pos += len(t.port) - 1
	}
	f.pos = min(max(f.pos, 0), len(t.pattern))
	return f
}

// wildcardFault explains a wildcard at s[pos], in the host but not the whole of
// its first label.
func wildcardFault(s string, pos int) *patternFault {
	hostStart := strings.Index(s, "://") + len("://")
	if !strings.Contains(s, "://") {
		hostStart = 0
	}
	labelStart := max(strings.LastIndexByte(s[:pos], '.')+1, hostStart)
	label := s[labelStart:]
	if end := strings.IndexAny(label, ".:/"); end >= 0 {
		label = label[:end]
	}
	if strings.Trim(label, "*") == "" {
		fault := &patternFault{
			code: CodeWildcardPlace, pos: pos,
			hint: "a wildcard is the first label of the host and stands for one or more of them, as in https://*.example.com",
		}
		if labelStart == hostStart {
			fault.meant = s[:labelStart] + "*" + s[labelStart+len(label):]
		}
		return fault
	}
	fault := &patternFault{
		code: CodeWildcardInLabel, pos: pos,
		hint: "a wildcard inside a label lets in whoever can register a name that fits; use a domain of your own, as in https://*.preview.example.com",
	}
	if label[0] == '*' && labelStart == hostStart {
		// https://*example.com: the dot may be missing.
		host := s[labelStart+1:]
		if end := strings.IndexAny(host, ":/"); end >= 0 {
			host = host[:end]
		}
		if _, ok := origin.RegistrableDomain(host); ok {
			fault.meant = s[:labelStart] + "*." + s[labelStart+1:]
		}
	}
	return fault
}
