package jsrun

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// The bounds of a document that is parsed: nested deeper or larger, it counts as not well-formed.
const (
	maxXMLDepth = 500
	maxXMLNodes = 200_000
)

// xmlNode is an element, or with only Text a piece of text.
type xmlNode struct {
	Name       string      `json:"name,omitempty"` // local
	Prefix     string      `json:"prefix,omitempty"`
	Namespace  string      `json:"ns,omitempty"`
	Attributes [][2]string `json:"attributes,omitempty"`
	Children   []*xmlNode  `json:"children,omitempty"`
	Text       string      `json:"text,omitempty"`
}

var errXML = errors.New("jsrun: not a well-formed XML document, or too large a one")

// opXMLParse returns the document element of a text, or null if it is not well-formed. Namespaces are resolved; comments and
// processing instructions are left out.
//
// https://www.w3.org/TR/xml/
func opXMLParse(_ *run, a arguments) (any, error) {
	root, err := parseXML(a.str(0))
	if err != nil {
		return nil, nil
	}
	return encodeRecord(root)
}

func parseXML(text string) (*xmlNode, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	// The text is decoded already, whatever its declaration says.
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var root *xmlNode
	var open []*xmlNode
	// scopes are the namespaces by prefix, one map for each open element.
	scopes := []map[string]string{{"xml": "http://www.w3.org/XML/1998/namespace"}}
	for nodes := 0; ; nodes++ {
		token, err := d.RawToken()
		if err == io.EOF && root != nil && len(open) == 0 {
			return root, nil
		}
		if err != nil || nodes > maxXMLNodes {
			return nil, errXML
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > maxXMLDepth || len(open) == 0 && root != nil {
				return nil, errXML
			}
			n, scope, ok := newElement(t, scopes[len(scopes)-1])
			if !ok {
				return nil, errXML
			}
			if len(open) == 0 {
				root = n
			} else {
				parent := open[len(open)-1]
				parent.Children = append(parent.Children, n)
			}
			open, scopes = append(open, n), append(scopes, scope)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].Name != t.Name.Local || open[len(open)-1].Prefix != t.Name.Space {
				return nil, errXML
			}
			open, scopes = open[:len(open)-1], scopes[:len(scopes)-1]
		case xml.CharData:
			if len(open) == 0 {
				if strings.Trim(string(t), "\t\n\r \ufeff") != "" {
					return nil, errXML
				}
				continue
			}
			parent := open[len(open)-1]
			parent.Children = append(parent.Children, &xmlNode{Text: string(t)})
		}
	}
}

// newElement returns the element and the namespaces that are in scope within it.
func newElement(t xml.StartElement, outer map[string]string) (*xmlNode, map[string]string, bool) {
	scope, copied := outer, false
	n := &xmlNode{Name: t.Name.Local, Prefix: t.Name.Space}
	for _, a := range t.Attr {
		name := a.Name.Local
		if a.Name.Space != "" {
			name = a.Name.Space + ":" + name
		}
		for _, have := range n.Attributes {
			if have[0] == name {
				return nil, nil, false
			}
		}
		n.Attributes = append(n.Attributes, [2]string{name, a.Value})
		prefix, declares := "", name == "xmlns"
		if a.Name.Space == "xmlns" {
			prefix, declares = a.Name.Local, true
		}
		if !declares {
			continue
		}
		if !copied {
			scope, copied = make(map[string]string, len(outer)+1), true
			for k, v := range outer {
				scope[k] = v
			}
		}
		scope[prefix] = a.Value
	}
	namespace, known := scope[n.Prefix]
	n.Namespace = namespace
	return n, scope, known || n.Prefix == ""
}
