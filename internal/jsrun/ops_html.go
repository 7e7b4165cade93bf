package jsrun

import (
	"errors"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlNode is an element, or a piece of text, or a comment.
type htmlNode struct {
	Name       string      `json:"name,omitempty"` // local
	Namespace  string      `json:"ns,omitempty"`   // none: HTML's
	Attributes [][2]string `json:"attributes,omitempty"`
	Children   []*htmlNode `json:"children,omitempty"`
	Text       string      `json:"text,omitempty"`
	Comment    *string     `json:"comment,omitempty"`
}

// maxHTMLNodes bounds what one text may make. The parser itself bounds how deep elements nest.
const maxHTMLNodes = 200_000

var errHTML = errors.New("the text makes too many nodes")

// opHTMLParse returns the nodes of a text, as within an element of a name, or of a whole document where there is none.
//
// https://html.spec.whatwg.org/#parsing
func opHTMLParse(_ *run, a arguments) (any, error) {
	nodes, err := parseHTML(a.str(0), a.str(1))
	if err != nil {
		return nil, err
	}
	return encodeRecord(nodes)
}

func parseHTML(text, within string) ([]*htmlNode, error) {
	// Before the parser has made them all.
	if strings.Count(text, "<") > 2*maxHTMLNodes {
		return nil, errHTML
	}
	left := maxHTMLNodes
	if within == "" {
		doc, err := html.Parse(strings.NewReader(text))
		if err != nil {
			return nil, err
		}
		root, err := htmlRecord(doc, &left)
		if err != nil {
			return nil, err
		}
		return root.Children, nil
	}
	context := &html.Node{Type: html.ElementNode, Data: within, DataAtom: atom.Lookup([]byte(within))}
	found, err := html.ParseFragment(strings.NewReader(text), context)
	if err != nil {
		return nil, err
	}
	nodes := make([]*htmlNode, 0, len(found))
	for _, n := range found {
		record, err := htmlRecord(n, &left)
		if err != nil {
			return nil, err
		}
		if record != nil {
			nodes = append(nodes, record)
		}
	}
	return nodes, nil
}

var htmlNamespaces = map[string]string{"svg": "http://www.w3.org/2000/svg", "math": "http://www.w3.org/1998/Math/MathML"}

// htmlRecord returns nil for a doctype.
func htmlRecord(n *html.Node, left *int) (*htmlNode, error) {
	if *left--; *left < 0 {
		return nil, errHTML
	}
	record := new(htmlNode)
	switch n.Type {
	case html.TextNode:
		record.Text = n.Data
		return record, nil
	case html.CommentNode:
		record.Comment = &n.Data
		return record, nil
	case html.DoctypeNode:
		return nil, nil
	case html.ElementNode:
		record.Name, record.Namespace = n.Data, htmlNamespaces[n.Namespace]
		for _, a := range n.Attr {
			name := a.Key
			if a.Namespace != "" {
				name = a.Namespace + ":" + name
			}
			record.Attributes = append(record.Attributes, [2]string{name, a.Val})
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		child, err := htmlRecord(c, left)
		if err != nil {
			return nil, err
		}
		if child != nil {
			record.Children = append(record.Children, child)
		}
	}
	return record, nil
}
