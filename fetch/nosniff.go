package fetch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// MIMEType is the essence of what the answer says that it is, in lower case: "text/html". Empty where it says nothing, or no MIME type.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func (r *Response) MIMEType() string {
	essence, ok := mimeEssence(lastMIMEType(r.Headers))
	if !ok {
		return ""
	}
	return essence
}

// IsNosniff reports whether the answer's type is to be taken as it stands.
//
// https://fetch.spec.whatwg.org/#determine-nosniff
func (r *Response) IsNosniff() bool {
	values := httpspec.GetDecodeSplit(r.Headers.Values("X-Content-Type-Options"))
	return len(values) > 0 && httpspec.EqualFold(values[0], "nosniff")
}

// BlockedByType says, in a clause, why an element may not use an answer of this type; empty: it may. r is the answer itself, as
// [Response.Internal] returns it.
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff? and #should-response-to-request-be-blocked-due-to-mime-type?
func (r *Response) BlockedByType(d Destination) string {
	mime := r.MIMEType()
	switch {
	case d == DestinationScript && (strings.HasPrefix(mime, "audio/") || strings.HasPrefix(mime, "image/") || strings.HasPrefix(mime, "video/") || mime == "text/csv"):
		return fmt.Sprintf("has Content-Type %s, and no script may have that", quote(mime))
	case !r.IsNosniff():
		return ""
	case d == DestinationScript && !slices.Contains(javaScriptTypes, mime):
		return fmt.Sprintf("has Content-Type %s and X-Content-Type-Options: nosniff, and a script needs a type of JavaScript then", quote(mime))
	case d == DestinationStyle && mime != "text/css":
		return fmt.Sprintf("has Content-Type %s and X-Content-Type-Options: nosniff, and a style sheet needs text/css then", quote(mime))
	}
	return ""
}
