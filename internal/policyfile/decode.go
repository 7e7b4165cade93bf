package policyfile

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

// decode returns the value of the one document in data, or nil with problems reported.
func decode(data []byte, ps *problems) *node {
	if len(data) > maxFile {
		ps.report(position{}, CodeTooLarge, fmt.Sprintf("the file has %d bytes", len(data)), fmt.Sprintf("at most %d are read", maxFile))
		return nil
	}
	if !utf8.Valid(data) {
		ps.report(position{}, CodeSyntax, "the file is not UTF-8", "save it as UTF-8")
		return nil
	}
	if at, deep := tooDeep(data); deep {
		ps.report(at, CodeTooLarge, "brackets within brackets within brackets", fmt.Sprintf("at most %d deep", maxDepth))
		return nil
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		ps.syntax(err)
		return nil
	}
	d := &decoder{ps}
	var root *node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case doc.Body.Type() == ast.DirectiveType:
			d.unsupported(doc.Body, "a directive", "leave it out: the format is that of YAML 1.2")
		case root != nil:
			// A parser that stopped here would drop what follows without a word.
			at := positionOf(doc.Body)
			if doc.Start != nil && doc.Start.Position != nil {
				at = position{doc.Start.Position.Line, doc.Start.Position.Column}
			}
			ps.report(at, CodeUnsupported, "a second document is not part of this format", "put all into one: leave out the line ---")
			return nil
		default:
			if root = d.node(doc.Body, 0); root == nil {
				return nil
			}
		}
	}
	if root == nil {
		ps.report(position{}, CodeMissing, "the file says nothing", "begin with policies: or expect:")
	}
	return root
}

// tooDeep keeps the parser, which calls itself for each bracket, from running out of
// stack. Brackets in texts count as well; no policy has so many.
func tooDeep(data []byte) (position, bool) {
	depth, at := 0, position{1, 1}
	for _, c := range string(data) {
		switch c {
		case '\n':
			at = position{at.line + 1, 0}
		case '[', '{':
			if depth++; depth > maxDepth {
				return at, true
			}
		case ']', '}':
			depth = max(depth-1, 0)
		}
		at.column++
	}
	return position{}, false
}

// syntax reports what the parser could not read. It stops at the first fault.
func (ps *problems) syntax(err error) {
	var bad *yaml.SyntaxError
	if !errors.As(err, &bad) || bad.Token == nil || bad.Token.Position == nil {
		ps.report(position{}, CodeSyntax, "this is not YAML", "")
		return
	}
	at := position{bad.Token.Position.Line, bad.Token.Position.Column}
	message, hint := bad.Message, ""
	// In brackets the parser stops behind the asterisk.
	if before := (position{at.line, at.column - 1}); ps.character(at) != '*' && ps.character(before) == '*' {
		at = before
	}
	switch {
	case ps.character(at) == '*':
		message, hint = "* begins an alias in YAML", `write it in quotes: "*"`
	case strings.HasPrefix(bad.Token.Value, "\t") || ps.character(at) == '\t':
		message, hint = "YAML is not indented by tabs", "use spaces"
	case strings.HasPrefix(message, "mapping value is not allowed"):
		hint = "a text with a colon and a space in it stands in quotes"
	}
	ps.report(at, CodeSyntax, message, hint)
}

// character is the one at a place, or 0.
func (ps *problems) character(at position) rune {
	if at.line < 1 || at.line > len(ps.lines) {
		return 0
	}
	line := []rune(ps.lines[at.line-1])
	if at.column < 1 || at.column > len(line) {
		return 0
	}
	return line[at.column-1]
}

type decoder struct{ *problems }

func positionOf(n ast.Node) position {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return position{t.Position.Line, t.Position.Column}
	}
	return position{}
}

func (d *decoder) unsupported(n ast.Node, what, hint string) *node {
	d.report(positionOf(n), CodeUnsupported, what+" is not part of this format", hint)
	return nil
}

// node returns nil with a problem reported.
func (d *decoder) node(n ast.Node, depth int) *node {
	if depth > maxDepth {
		d.report(positionOf(n), CodeTooLarge, "values within values within values", fmt.Sprintf("at most %d deep", maxDepth))
		return nil
	}
	out := &node{at: positionOf(n)}
	switch n := n.(type) {
	case *ast.StringNode:
		out.kind, out.text = kindString, n.Value
		// The text of a plain scalar on one line stands in the file letter by letter.
		out.plain = n.Token.Value == n.Value && d.standsAt(out.at, n.Value)
		if !out.plain && d.standsAt(position{out.at.line, out.at.column + 1}, n.Value) {
			out.plain, out.at.column = true, out.at.column+1 // inside its quotes
		}
	case *ast.LiteralNode:
		out.kind, out.text = kindString, n.Value.Value
	case *ast.BoolNode:
		out.kind, out.truth, out.text = kindBool, n.Value, n.Token.Value
	case *ast.IntegerNode:
		out.text = n.Token.Value
		switch v := n.Value.(type) {
		case int64:
			out.kind, out.number = kindInt, v
		case uint64:
			if int64(v) >= 0 {
				out.kind, out.number = kindInt, int64(v)
			}
		}
	case *ast.FloatNode:
		out.text = n.Token.Value
	case *ast.NullNode:
		// Some parsers drop null from a list, or take it for an empty text. The origin
		// null is a text, and a dangerous one.
		d.report(out.at, CodeNull, "there is no value here", `write one, or leave the line out; the origin of pages without a name is "null" in quotes`)
		return nil
	case *ast.SequenceNode:
		out.kind = kindList
		for _, item := range n.Values {
			if value := d.node(item, depth+1); value != nil {
				out.items = append(out.items, value)
			}
		}
	case *ast.MappingNode:
		out.kind = kindMap
		if len(n.Values) > 0 {
			out.at = positionOf(n.Values[0].Key)
		}
		for _, entry := range n.Values {
			if !d.entry(out, entry, depth) {
				return nil
			}
		}
	case *ast.MappingValueNode:
		out.kind = kindMap
		out.at = positionOf(n.Key)
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
func (d *decoder) entry(out *node, entry *ast.MappingValueNode, depth int) bool {
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
		d.report(at, CodeUnsupported, "a key that is no text is not part of this format", "write a name")
		return false
	}
	if value := d.node(entry.Value, depth+1); value != nil {
		out.fields = append(out.fields, field{key.Value, at, value})
	}
	return true
}

// aliasHint is for the wildcard, which is what people mean.
const aliasHint = `write the value out; the wildcard stands in quotes: "*"`

// standsAt reports whether a text without line breaks stands at a place.
func (ps *problems) standsAt(at position, text string) bool {
	if at.line < 1 || at.line > len(ps.lines) || at.column < 1 {
		return false
	}
	line := []rune(ps.lines[at.line-1])
	return at.column <= len(line)+1 && strings.HasPrefix(string(line[at.column-1:]), text)
}
