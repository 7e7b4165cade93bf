package fetch

import "strings"

// structuredMember is one member of a structured dictionary, without parameters. Of the kinds of items only tokens and strings are kept;
// other is set where there is another one alone.
type structuredMember struct {
	key   string
	list  bool
	other bool
	items []structuredItem
}

type structuredItem struct {
	token bool
	text  string
}

// parseStructuredDictionary returns the members in the order of their first mention, each with its last value. It reports false for what is
// no dictionary at all.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.2
func parseStructuredDictionary(s string) ([]structuredMember, bool) {
	p := structuredParser{rest: strings.Trim(s, " ")}
	var members []structuredMember
	at := map[string]int{}
	for p.rest != "" {
		m := structuredMember{}
		var ok bool
		if m.key, ok = p.key(); !ok {
			return nil, false
		}
		if p.take('=') {
			ok = p.value(&m)
		} else {
			m.other = true
			ok = p.parameters()
		}
		if !ok {
			return nil, false
		}
		if i, known := at[m.key]; known {
			members[i] = m
		} else {
			at[m.key] = len(members)
			members = append(members, m)
		}
		p.rest = strings.TrimLeft(p.rest, " \t")
		if p.rest == "" {
			break
		}
		if !p.take(',') {
			return nil, false
		}
		if p.rest = strings.TrimLeft(p.rest, " \t"); p.rest == "" {
			return nil, false
		}
	}
	return members, true
}

type structuredParser struct{ rest string }

func (p *structuredParser) take(c byte) bool {
	if p.rest != "" && p.rest[0] == c {
		p.rest = p.rest[1:]
		return true
	}
	return false
}

// while takes the bytes of a set.
func (p *structuredParser) while(in func(c byte) bool) string {
	n := 0
	for n < len(p.rest) && in(p.rest[n]) {
		n++
	}
	taken := p.rest[:n]
	p.rest = p.rest[n:]
	return taken
}

func (p *structuredParser) key() (string, bool) {
	if p.rest == "" || !isLower(p.rest[0]) && p.rest[0] != '*' {
		return "", false
	}
	return p.while(func(c byte) bool { return isLower(c) || isDigit(c) || strings.IndexByte("_-.*", c) >= 0 }), true
}

func (p *structuredParser) value(m *structuredMember) bool {
	if !p.take('(') {
		item, kept, ok := p.item()
		if kept {
			m.items = []structuredItem{item}
		}
		m.other = !kept
		return ok && p.parameters()
	}
	m.list = true
	for {
		p.rest = strings.TrimLeft(p.rest, " ")
		if p.take(')') {
			return p.parameters()
		}
		item, kept, ok := p.item()
		if !ok || !p.parameters() || p.rest == "" || p.rest[0] != ' ' && p.rest[0] != ')' {
			return false
		}
		if kept {
			m.items = append(m.items, item)
		}
	}
}

func (p *structuredParser) parameters() bool {
	for p.take(';') {
		p.rest = strings.TrimLeft(p.rest, " ")
		if _, ok := p.key(); !ok {
			return false
		}
		if p.take('=') {
			if _, _, ok := p.item(); !ok {
				return false
			}
		}
	}
	return true
}

// item takes a bare item; kept says whether it is a token or a string.
func (p *structuredParser) item() (item structuredItem, kept, ok bool) {
	if p.rest == "" {
		return item, false, false
	}
	switch c := p.rest[0]; {
	case c == '"':
		text, ok := p.quoted()
		return structuredItem{text: text}, true, ok
	case c == '*' || isLower(c|0x20):
		return structuredItem{token: true, text: p.while(func(c byte) bool {
			return isLower(c|0x20) || isDigit(c) || strings.IndexByte("!#$%&'*+-.^_`|~:/", c) >= 0
		})}, true, true
	case c == ':':
		_, rest, ok := strings.Cut(p.rest[1:], ":")
		p.rest = rest
		return item, false, ok
	case c == '?':
		p.rest = p.rest[1:]
		return item, false, p.take('0') || p.take('1')
	case c == '@', c == '-', isDigit(c):
		p.take('@')
		p.take('-')
		return item, false, p.while(func(c byte) bool { return isDigit(c) || c == '.' }) != ""
	}
	return item, false, false
}

func (p *structuredParser) quoted() (string, bool) {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.rest = p.rest[i+1:]
			return b.String(), true
		case c == '\\':
			if i++; i == len(p.rest) || p.rest[i] != '"' && p.rest[i] != '\\' {
				return "", false
			}
			b.WriteByte(p.rest[i])
		case c < 0x20 || c >= 0x7F:
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
