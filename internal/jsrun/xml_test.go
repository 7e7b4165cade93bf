package jsrun

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParseXML(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"elements, text and attributes", `<?xml version="1.0" encoding="latin1"?><!-- c --><a b="1 &amp; 2">x<c/>y</a>`,
			`{"name":"a","attributes":[["b","1 \u0026 2"]],"children":[{"text":"x"},{"name":"c"},{"text":"y"}]}`},
		{"namespaces", `<p:a xmlns:p="urn:p" xmlns="urn:d"><b/><p:c/></p:a>`,
			`{"name":"a","prefix":"p","ns":"urn:p","attributes":[["xmlns:p","urn:p"],["xmlns","urn:d"]],"children":[{"name":"b","ns":"urn:d"},{"name":"c","prefix":"p","ns":"urn:p"}]}`},
		{"nothing", "", ""},
		{"an element that is not closed", "<a>", ""},
		{"elements that cross", "<a><b></a></b>", ""},
		{"two document elements", "<a/><b/>", ""},
		{"text outside", "x<a/>", ""},
		{"an attribute twice", `<a b="1" b="2"/>`, ""},
		{"a prefix that nobody declared", "<p:a/>", ""},
		{"an entity that nobody declared", "<a>&e;</a>", ""},
		{"nested too deep", strings.Repeat("<a>", 600) + strings.Repeat("</a>", 600), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, err := parseXML(c.text)
			if c.want == "" {
				if err == nil {
					t.Errorf("got %+v, want none", root)
				}
				return
			}
			got, jsonErr := json.Marshal(root)
			if err != nil || jsonErr != nil || string(got) != c.want {
				t.Errorf("got %s, %v, %v", got, err, jsonErr)
			}
		})
	}
}

func FuzzParseXML(f *testing.F) {
	f.Add(`<a b="c">d<e/></a>`)
	f.Add(`<p:a xmlns:p="x"/>`)
	f.Fuzz(func(t *testing.T, text string) {
		root, err := parseXML(text)
		if (root == nil) != (err != nil) {
			t.Errorf("%q: %v, %v", text, root, err)
		}
		if err == nil && root.Name == "" {
			t.Errorf("%q: a document element without a name", text)
		}
	})
}
