package fetch

import (
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/corscope/corscope/internal/httpspec"
)

// maxDocumentHead is how much of a document is looked through for policies. They stand at its start.
const maxDocumentHead = 1 << 20

// withMetaPolicies is c with the policies of the <meta> elements in a document's head. A document that breaks off keeps those that were
// seen; one that is not HTML has none. Only the elements count that are there when the page comes, as of one written in ASCII or UTF-8.
//
// https://html.spec.whatwg.org/#the-meta-element
func (c PageConfig) withMetaPolicies(response *Response) PageConfig {
	essence, ok := mimeEssence(lastMIMEType(response.Headers))
	if !ok || essence != "text/html" || response.Body == nil {
		return c
	}
	document := html.NewTokenizer(io.LimitReader(response.Body, maxDocumentHead))
	document.SetMaxBuf(maxDocumentHead)
	referrer := ReferrerPolicy("")
	templates := 0
	for {
		switch kind := document.Next(); kind {
		case html.ErrorToken:
			return c.withMetaReferrer(referrer)
		case html.TextToken:
			if templates == 0 && strings.Trim(string(document.Text()), " \t\n\f\r") != "" {
				return c.withMetaReferrer(referrer) // text begins the body
			}
		case html.EndTagToken, html.StartTagToken, html.SelfClosingTagToken:
			t := document.Token()
			end := kind == html.EndTagToken
			switch {
			case t.DataAtom == atom.Template && end:
				templates = max(templates-1, 0)
			case t.DataAtom == atom.Template:
				templates++
			case templates > 0:
			case end && t.DataAtom == atom.Head, !end && !staysInHead(t.DataAtom):
				return c.withMetaReferrer(referrer)
			case t.DataAtom == atom.Meta && !end:
				c = c.withMetaCSP(t)
				if policy := metaReferrer(t); policy != "" {
					referrer = policy
				}
			case t.DataAtom == atom.Script || t.DataAtom == atom.Style || t.DataAtom == atom.Title || t.DataAtom == atom.Noscript || t.DataAtom == atom.Noframes:
				if kind == html.StartTagToken && document.Next() != html.TextToken {
					continue // its end: it is empty
				}
			}
		}
	}
}

// staysInHead names the elements whose start tag does not end a document's head.
//
// https://html.spec.whatwg.org/#parsing-main-inhead
func staysInHead(name atom.Atom) bool {
	switch name {
	case atom.Html, atom.Head, atom.Base, atom.Basefont, atom.Bgsound, atom.Link, atom.Meta, atom.Title, atom.Noscript, atom.Noframes, atom.Style, atom.Script:
		return true
	}
	return false
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// withMetaReferrer adds the last of the document's referrer policies, which counts more than the header's, unless c was given one.
func (c PageConfig) withMetaReferrer(policy ReferrerPolicy) PageConfig {
	if policy != "" {
		c.ReferrerPolicy = policy
	}
	return c
}

// https://html.spec.whatwg.org/#attr-meta-http-equiv-content-security-policy
func (c PageConfig) withMetaCSP(t html.Token) PageConfig {
	if !httpspec.EqualFold(attribute(t, "http-equiv"), "content-security-policy") {
		return c
	}
	var kept []string
	for directive := range strings.SplitSeq(attribute(t, "content"), ";") {
		fields := splitASCIIWhitespace(directive)
		if len(fields) == 0 {
			continue
		}
		switch httpspec.Lower(fields[0]) {
		case "report-uri", "frame-ancestors", "sandbox":
		default:
			// One element holds one policy, and a comma parts none, as it would in a header.
			kept = append(kept, strings.ReplaceAll(strings.Join(fields, " "), ",", "%2C"))
		}
	}
	if len(kept) > 0 {
		c.ContentSecurityPolicy = append(c.ContentSecurityPolicy[:len(c.ContentSecurityPolicy):len(c.ContentSecurityPolicy)], strings.Join(kept, "; "))
	}
	return c
}

// https://html.spec.whatwg.org/#meta-referrer
func metaReferrer(t html.Token) ReferrerPolicy {
	if !httpspec.EqualFold(attribute(t, "name"), "referrer") {
		return ""
	}
	value := httpspec.Lower(attribute(t, "content"))
	switch value {
	case "never":
		return NoReferrer
	case "default":
		return StrictOriginWhenCrossOrigin
	case "always":
		return UnsafeURL
	case "origin-when-crossorigin":
		return OriginWhenCrossOrigin
	}
	if policy := ReferrerPolicy(value); policy.valid() {
		return policy
	}
	return ""
}
