package policytext

// Kind is what a [Node] is.
type Kind uint8

// The kinds.
const (
	KindOther Kind = iota // what no field takes: null, fractions, binary
	KindText
	KindInt
	KindBool
	KindList
	KindMap
)

// String names the kind for a person.
func (k Kind) String() string {
	switch k {
	case KindText:
		return "a text"
	case KindInt:
		return "a whole number"
	case KindBool:
		return "true or false"
	case KindList:
		return "a list"
	case KindMap:
		return "a map"
	}
	return "something else"
}

// Node is a value in a file and where it stands.
type Node struct {
	Kind Kind
	// Text is a scalar as written, without its quotes.
	Text   string
	number int64
	truth  bool
	Items  []*Node
	Fields []Field
	At     Position
	// plain says that Text stands in the file as it is, from At on, so that a place in
	// the one is a place in the other.
	plain bool
	// unread names the entries of a map whose values could not be read, and were
	// reported.
	unread []string
}

// Field is an entry of a map.
type Field struct {
	Name  string
	At    Position
	Value *Node
}

// Position is a place in a file: line and column from 1, the column in characters. The
// zero Position is that of the file as a whole.
type Position struct{ Line, Column int }

// Field returns the entry of that name, or nil.
func (n *Node) Field(name string) *Field {
	for i := range n.Fields {
		if n.Fields[i].Name == name {
			return &n.Fields[i]
		}
	}
	return nil
}

// Find follows names and indexes as far as there is something.
func (n *Node) Find(path ...any) *Node {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			f := n.Field(step)
			if f == nil {
				return n
			}
			n = f.Value
		case int:
			if step < 0 || step >= len(n.Items) {
				return n
			}
			n = n.Items[step]
		}
	}
	return n
}
