package policytext

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// This is the only file that knows which YAML parser there is.

// The bounds of a file.
const (
	maxFile  = 1 << 20 // bytes
	maxDepth = 64      // of brackets and indentation
)

// decode returns the value of the one document in data, or nil with faults reported.
func decode(data []byte, fs *Faults) *Node {
	if len(data) > maxFile {
		fs.Report(Position{}, CodeTooLarge, fmt.Sprintf("the file has %d bytes", len(data)), fmt.Sprintf("at most %d are read", maxFile))
		return nil
	}
	if !utf8.Valid(data) {
		fs.Report(Position{}, CodeSyntax, "the file is not UTF-8", "save it as UTF-8")
		return nil
	}
	if at, deep := tooDeep(data); deep {
		fs.Report(at, CodeTooLarge, "brackets within brackets within brackets", fmt.Sprintf("at most %d deep", maxDepth))
		return nil
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		fs.syntax(err)
		return nil
	}
	d := &decoder{fs}
	var root *Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case doc.Body.Type() == ast.DirectiveType:
			d.unsupported(doc.Body, "a directive", "leave it out: the format is that of YAML 1.2")
		case root != nil:
			// A parser that stopped here would drop what follows without a word.
			at := positionOf(doc.Body)
			if doc.Start != nil && doc.Start.Position != nil {
				at = Position{doc.Start.Position.Line, doc.Start.Position.Column}
			}
			fs.Report(at, CodeUnsupported, "a second document is not part of this format", "put all into one: leave out the line ---")
			return nil
		default:
			if root = d.node(doc.Body, 0); root == nil {
				return nil
			}
		}
	}
	if root == nil {
		fs.Report(Position{}, CodeMissing, "the file says nothing", "begin with policies: or expect:")
	}
	return root
}

// tooDeep keeps the parser, which calls itself for each bracket, from running out of
// stack. Brackets in texts count as well; no policy has so many.
func tooDeep(data []byte) (Position, bool) {
	depth, at := 0, Position{1, 1}
	for _, c := range string(data) {
		switch c {
		case '\n':
			at = Position{at.Line + 1, 0}
		case '[', '{':
			if depth++; depth > maxDepth {
				return at, true
			}
		case ']', '}':
			depth = max(depth-1, 0)
		}
		at.Column++
	}
	return Position{}, false
}

// syntax reports what the parser could not read. It stops at the first fault.
func (fs *Faults) syntax(err error) {
	var bad *yaml.SyntaxError
	if !errors.As(err, &bad) || bad.Token == nil || bad.Token.Position == nil {
		fs.Report(Position{}, CodeSyntax, "this is not YAML", "")
		return
	}
	at := Position{bad.Token.Position.Line, bad.Token.Position.Column}
	message, hint := bad.Message, ""
	// In brackets the parser stops behind the asterisk.
	if before := (Position{at.Line, at.Column - 1}); fs.character(at) != '*' && fs.character(before) == '*' {
		at = before
	}
	switch {
	case fs.character(at) == '*':
		message, hint = "* begins an alias in YAML", `write it in quotes: "*"`
	case strings.HasPrefix(bad.Token.Value, "\t") || fs.character(at) == '\t':
		message, hint = "YAML is not indented by tabs", "use spaces"
	case strings.HasPrefix(message, "mapping key ") && strings.Contains(message, " already defined at ["):
		// Other readers take the last without a word.
		_, first, _ := strings.Cut(message, " already defined at [")
		line, _, _ := strings.Cut(first, ":")
		message, hint = "the key "+bad.Token.Value+" is here a second time", "make one of the two in lines "+line+" and "+fmt.Sprint(at.Line)
	case strings.HasPrefix(message, "mapping value is not allowed"):
		hint = "a text with a colon and a space in it stands in quotes"
	}
	fs.Report(at, CodeSyntax, message, hint)
}

// character is the one at a place, or 0.
func (fs *Faults) character(at Position) rune {
	if at.Line < 1 || at.Line > len(fs.lines) {
		return 0
	}
	line := []rune(fs.lines[at.Line-1])
	if at.Column < 1 || at.Column > len(line) {
		return 0
	}
	return line[at.Column-1]
}

type decoder struct{ *Faults }

func positionOf(n ast.Node) Position {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return Position{t.Position.Line, t.Position.Column}
	}
	return Position{}
}

func (d *decoder) unsupported(n ast.Node, what, hint string) *Node {
	d.Report(positionOf(n), CodeUnsupported, what+" is not part of this format", hint)
	return nil
}

// node returns nil with a fault reported.
func (d *decoder) node(n ast.Node, depth int) *Node {
	if depth > maxDepth {
		d.Report(positionOf(n), CodeTooLarge, "values within values within values", fmt.Sprintf("at most %d deep", maxDepth))
		return nil
	}
	out := &Node{At: positionOf(n)}
	switch n := n.(type) {
	case *ast.StringNode:
		out.Kind, out.Text = KindText, n.Value
		// The text of a plain scalar on one line stands in the file letter by letter.
		out.plain = n.Token.Value == n.Value && d.standsAt(out.At, n.Value)
		if !out.plain && d.standsAt(Position{out.At.Line, out.At.Column + 1}, n.Value) {
			out.plain, out.At.Column = true, out.At.Column+1 // inside its quotes
		}
	case *ast.LiteralNode:
		out.Kind, out.Text = KindText, n.Value.Value
	case *ast.BoolNode:
		out.Kind, out.truth, out.Text = KindBool, n.Value, n.Token.Value
	case *ast.IntegerNode:
		out.Text = n.Token.Value
		switch v := n.Value.(type) {
		case int64:
			out.Kind, out.number = KindInt, v
		case uint64:
			if int64(v) >= 0 {
				out.Kind, out.number = KindInt, int64(v)
			}
		}
	case *ast.FloatNode:
		out.Text = n.Token.Value
	case *ast.NullNode:
		// Some parsers drop null from a list, or take it for an empty text. The origin
		// null is a text, and a dangerous one.
		d.Report(out.At, CodeNull, "there is no value here", `write one, or leave the line out; the origin of pages without a name is "null" in quotes`)
		return nil
	case *ast.SequenceNode:
		out.Kind = KindList
		for _, item := range n.Values {
			if value := d.node(item, depth+1); value != nil {
				out.Items = append(out.Items, value)
			}
		}
	case *ast.MappingNode:
		out.Kind = KindMap
		if len(n.Values) > 0 {
			out.At = positionOf(n.Values[0].Key)
		}
		for _, entry := range n.Values {
			if !d.entry(out, entry, depth) {
				return nil
			}
		}
	case *ast.MappingValueNode:
		out.Kind = KindMap
		out.At = positionOf(n.Key)
		if !d.entry(out, n, depth) {
			return nil
		}
	case *ast.AnchorNode:
		return d.unsupported(n, "an anchor (&)", "write the value out where it is used")
	case *ast.AliasNode:
		return d.unsupported(n, "an alias (*)", aliasHint)
	case *ast.TagNode:
		return d.unsupported(n, "a tag (!)", "leave it out; a text that looks like a number stands in quotes")
	default:
		return d.unsupported(n, "this", "use maps, lists, texts, whole numbers, true and false")
	}
	return out
}

// entry reports whether the map is of use: one with a key that is no text is probably
// no map at all, as where an unquoted * swallows the line after it.
func (d *decoder) entry(out *Node, entry *ast.MappingValueNode, depth int) bool {
	at := positionOf(entry.Key)
	key, ok := entry.Key.(*ast.StringNode)
	switch {
	case ok:
	case entry.Key.Type() == ast.AliasType:
		d.unsupported(entry.Key, "an alias (*)", aliasHint)
		return false
	case entry.Key.Type() == ast.MergeKeyType:
		d.unsupported(entry.Key, "a merge (<<)", "write the values out where they are used")
		return false
	default:
		d.Report(at, CodeUnsupported, "a key that is no text is not part of this format", "write a name")
		return false
	}
	if value := d.node(entry.Value, depth+1); value != nil {
		out.Fields = append(out.Fields, Field{key.Value, at, value})
	} else {
		out.unread = append(out.unread, key.Value)
	}
	return true
}

// aliasHint is for the wildcard, which is what people mean.
const aliasHint = `write the value out; the wildcard stands in quotes: "*"`

// standsAt reports whether a text without line breaks stands at a place.
func (fs *Faults) standsAt(at Position, text string) bool {
	if at.Line < 1 || at.Line > len(fs.lines) || at.Column < 1 {
		return false
	}
	line := []rune(fs.lines[at.Line-1])
	return at.Column <= len(line)+1 && strings.HasPrefix(string(line[at.Column-1:]), text)
}
