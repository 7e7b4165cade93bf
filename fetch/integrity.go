package fetch

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// integrityMetadata is one hash of a request's integrity metadata.
type integrityMetadata struct {
	algorithm string // in lower case
	value     string
}

// integrityAlgorithms are the valid SRI hash algorithm tokens, the weakest first.
//
// https://w3c.github.io/webappsec-subresource-integrity/#valid-sri-hash-algorithm-token-set
var integrityAlgorithms = []string{"sha256", "sha384", "sha512"}

// parseIntegrity returns the hashes of the strongest algorithm; none where the string names no algorithm that is known.
//
// https://w3c.github.io/webappsec-subresource-integrity/#parse-metadata-section
func parseIntegrity(s string) []integrityMetadata {
	var strongest []integrityMetadata
	for item := range strings.FieldsSeq(s) {
		expression, _, _ := strings.Cut(item, "?")
		algorithm, value, _ := strings.Cut(expression, "-")
		m := integrityMetadata{httpspec.Lower(algorithm), value}
		rank := slices.Index(integrityAlgorithms, m.algorithm)
		if rank < 0 {
			continue
		}
		if len(strongest) > 0 {
			known := slices.Index(integrityAlgorithms, strongest[0].algorithm)
			if rank < known {
				continue
			}
			if rank > known {
				strongest = strongest[:0]
			}
		}
		strongest = append(strongest, m)
	}
	return strongest
}

// matchIntegrity returns the first hash that the bytes have; false where there are hashes and they have none of them. actual is the
// bytes' own hash, in the strongest algorithm.
//
// DEVIATION(browser): hashes are also taken in the URL-safe alphabet, which the text cuts at its first hyphen; Chromium and Firefox read
// both. https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist, 2026-11-22.
//
// https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist
func matchIntegrity(metadata []integrityMetadata, bytes []byte) (actual string, ok bool) {
	if len(metadata) == 0 {
		return "", true
	}
	hash := integrityHash(metadata[0].algorithm, bytes)
	for _, m := range metadata {
		if toStdBase64.Replace(m.value) == hash {
			return metadata[0].algorithm + "-" + hash, true
		}
	}
	return metadata[0].algorithm + "-" + hash, false
}

var toStdBase64 = strings.NewReplacer("-", "+", "_", "/")

func integrityHash(algorithm string, bytes []byte) string {
	var sum []byte
	switch algorithm {
	case "sha256":
		s := sha256.Sum256(bytes)
		sum = s[:]
	case "sha384":
		s := sha512.Sum384(bytes)
		sum = s[:]
	case "sha512":
		s := sha512.Sum512(bytes)
		sum = s[:]
	}
	return base64.StdEncoding.EncodeToString(sum)
}

// checkIntegrity is step 23 of main fetch: the whole body is read, within [Limits.MaxResponseBody], before the page gets any of it.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (p *fetchParams) checkIntegrity(response *Response) *Response {
	want := p.request.integrity
	p.phase = PhaseRequest
	if response.Body == nil {
		p.step("concept-main-fetch", "23.2", Step{Verdict: Fail, Subject: "integrity", Want: want, Text: "the page may read no body, so none can be checked"})
		p.withhold(response.Internal())
		detail := "there is none"
		if response.Type == TypeOpaque || response.Type == TypeOpaqueRedirect {
			detail = "the answer is opaque to the page; integrity needs mode cors"
		}
		return p.blocked(ReasonIntegrity, detail)
	}
	bytes, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		p.step("concept-main-fetch", "23.4", Step{Verdict: Fail, Subject: "integrity", Want: want, Text: "the body could not be read to its end"})
		return p.blocked(ReasonIntegrity, "it could not be read to its end: "+strings.TrimPrefix(err.Error(), "fetch: "))
	}
	metadata := parseIntegrity(want)
	actual, ok := matchIntegrity(metadata, bytes)
	switch {
	case !ok:
		p.step("concept-main-fetch", "23.3.1", Step{Verdict: Fail, Subject: "integrity", Want: want, Got: actual, Text: "the body has another hash"})
		detail := "its hash is " + actual
		if len(bytes) == 0 {
			detail += ", that of an empty body"
		}
		return p.blocked(ReasonIntegrity, detail)
	case len(metadata) == 0:
		p.step("concept-main-fetch", "23.3.1", Step{Verdict: Note, Subject: "integrity", Got: want, Text: "no hash that is known, so nothing was checked"})
	default:
		p.step("concept-main-fetch", "23.3.1", Step{Verdict: Pass, Subject: "integrity", Want: want, Got: actual, Text: "the body has the hash"})
	}
	response.Body = &checkedBody{bytes: bytes}
	response.Internal().Body = response.Body
	return response
}

// checkedBody is a body that was read and found right.
type checkedBody struct {
	bytes  []byte
	closed bool
}

func (b *checkedBody) Read(buf []byte) (int, error) {
	if b.closed {
		return 0, errBodyClosed
	}
	if len(b.bytes) == 0 {
		return 0, io.EOF
	}
	n := copy(buf, b.bytes)
	b.bytes = b.bytes[n:]
	return n, nil
}

func (b *checkedBody) Close() error {
	b.bytes, b.closed = nil, true
	return nil
}
