package policyfile

// kind is what a node is.
type kind uint8

const (
	kindOther kind = iota // what no field takes: null, fractions, binary
	kindString
	kindInt
	kindBool
	kindList
	kindMap
)

// String names the kind for a person.
func (k kind) String() string {
	switch k {
	case kindString:
		return "a text"
	case kindInt:
		return "a whole number"
	case kindBool:
		return "true or false"
	case kindList:
		return "a list"
	case kindMap:
		return "a map"
	}
	return "something else"
}

// node is a value in a file and where it stands.
type node struct {
	kind kind
	// text is a scalar as written, without its quotes.
	text   string
	number int64
	truth  bool
	items  []*node
	fields []field
	at     position
	// plain says that text stands in the file as it is, from at on, so that a place in
	// the one is a place in the other.
	plain bool
}

// field is an entry of a map.
type field struct {
	name  string
	at    position
	value *node
}

// position is a place in a file: line and column from 1, the column in characters. The
// zero position is that of the file as a whole.
type position struct{ line, column int }

// field returns the entry of that name, or nil.
func (n *node) field(name string) *field {
	for i := range n.fields {
		if n.fields[i].name == name {
			return &n.fields[i]
		}
	}
	return nil
}

// find follows names and indexes as far as there is something.
func (n *node) find(path ...any) *node {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			f := n.field(step)
			if f == nil {
				return n
			}
			n = f.value
		case int:
			if step < 0 || step >= len(n.items) {
				return n
			}
			n = n.items[step]
		}
	}
	return n
}
