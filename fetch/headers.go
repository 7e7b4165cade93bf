package fetch

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// Header is a header of the Fetch standard: a name and a value, both byte strings. The name keeps the case it was given in
// and is compared without regard to it.
//
// https://fetch.spec.whatwg.org/#concept-header
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// HeaderList is an ordered list of headers in which a name may occur several times. The zero value is an empty list. A
// HeaderList is not safe for concurrent use while it is being changed.
//
// https://fetch.spec.whatwg.org/#concept-header-list
type HeaderList []Header

// Contains reports whether a header of that name is in the list.
//
// https://fetch.spec.whatwg.org/#header-list-contains
func (l HeaderList) Contains(name string) bool {
	return slices.ContainsFunc(l, func(h Header) bool { return httpspec.EqualFold(h.Name, name) })
}

// Get returns the values of all headers of that name, joined by a comma and a space, and whether there was one.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func (l HeaderList) Get(name string) (value string, ok bool) {
	for _, h := range l {
		if !httpspec.EqualFold(h.Name, name) {
			continue
		}
		if !ok {
			value, ok = h.Value, true
			continue
		}
		value += ", " + h.Value
	}
	return value, ok
}

// Values returns the values of all headers of that name in their order, one item a header line; nil if there is none.
func (l HeaderList) Values(name string) []string {
	var values []string
	for _, h := range l {
		if httpspec.EqualFold(h.Name, name) {
			values = append(values, h.Value)
		}
	}
	return values
}

// Append adds a header at the end. Where the name is in the list already, the new header takes over its case.
//
// https://fetch.spec.whatwg.org/#concept-header-list-append
func (l *HeaderList) Append(name, value string) {
	for _, h := range *l {
		if httpspec.EqualFold(h.Name, name) {
			name = h.Name
			break
		}
	}
	*l = append(*l, Header{name, value})
}

// Set gives the first header of that name the value and removes the others, or appends one if there was none.
//
// https://fetch.spec.whatwg.org/#concept-header-list-set
func (l *HeaderList) Set(name, value string) {
	at := slices.IndexFunc(*l, func(h Header) bool { return httpspec.EqualFold(h.Name, name) })
	if at < 0 {
		*l = append(*l, Header{name, value})
		return
	}
	(*l)[at].Value = value
	rest := (*l)[at+1:]
	kept := slices.DeleteFunc(rest, func(h Header) bool { return httpspec.EqualFold(h.Name, name) })
	*l = (*l)[:at+1+len(kept)]
}

// Delete removes every header of that name.
//
// https://fetch.spec.whatwg.org/#concept-header-list-delete
func (l *HeaderList) Delete(name string) {
	*l = slices.DeleteFunc(*l, func(h Header) bool { return httpspec.EqualFold(h.Name, name) })
}

// Clone returns a copy that shares no storage with l.
func (l HeaderList) Clone() HeaderList { return slices.Clone(l) }

// Combined returns the list as JavaScript iterates over it: names in lower case and sorted, the values of one name joined by a
// comma and a space, Set-Cookie left apart line by line.
//
// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func (l HeaderList) Combined() HeaderList {
	var headers HeaderList
	for _, name := range sortedLowercaseSet(l.names()) {
		if name == "set-cookie" {
			for _, value := range l.Values(name) {
				headers = append(headers, Header{name, value})
			}
			continue
		}
		value, _ := l.Get(name)
		headers = append(headers, Header{name, value})
	}
	return headers
}

// repeats reports whether a name stands in the list more than once.
func (l HeaderList) repeats() bool {
	for i, h := range l {
		if l[:i].Contains(h.Name) {
			return true
		}
	}
	return false
}

// is reports whether two lists are one, which is more than that they are equal.
func (l HeaderList) is(other HeaderList) bool {
	return len(l) == len(other) && (len(l) == 0 || &l[0] == &other[0])
}

func (l HeaderList) names() []string {
	names := make([]string, len(l))
	for i, h := range l {
		names[i] = h.Name
	}
	return names
}

// sortedLowercaseSet changes names.
//
// https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set
func sortedLowercaseSet(names []string) []string {
	for i, name := range names {
		names[i] = strings.ToLower(name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
