package fetch

import (
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/corscope/corscope/origin"
)

// The bounds of a blob URL store: of the URLs that were not revoked, and of the bytes behind them.
const (
	maxBlobURLs  = 1 << 16
	maxBlobBytes = 512 << 20
)

// BlobURLError says that a page keeps more behind blob: URLs than the agent allows.
type BlobURLError struct {
	// Limit is the bound that would be passed: 65,536 URLs or 512 MiB.
	Limit int64
	// Unit is what Limit counts: "URLs" or "bytes".
	Unit string
}

func (e *BlobURLError) Error() string {
	return fmt.Sprintf("fetch: the agent keeps at most %d %s behind blob: URLs: revoke those that are no longer needed", e.Limit, e.Unit)
}

// blobURLStore is shared by an agent's pages.
//
// https://w3c.github.io/FileAPI/#BlobURLStore
type blobURLStore struct {
	mu    sync.Mutex
	byURL map[string]*blobURLEntry
	bytes int64
}

// blobURLEntry is immutable.
//
// https://w3c.github.io/FileAPI/#blob-url-entry
type blobURLEntry struct {
	body         []byte
	mimeType     string
	origin       origin.Origin
	partitionKey string
}

func newBlobURLStore() *blobURLStore { return &blobURLStore{byURL: map[string]*blobURLEntry{}} }

// NewBlobURL registers body at a new blob: URL of the page's origin, as URL.createObjectURL does, and returns the URL. mimeType becomes
// its Content-Type as it is; it may be empty. The caller must not change body afterwards. The error is a *[BlobURLError].
//
// https://w3c.github.io/FileAPI/#add-an-entry
func (p *Page) NewBlobURL(body []byte, mimeType string) (string, error) {
	s := p.agent.blobURLs
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byURL) >= maxBlobURLs {
		return "", &BlobURLError{maxBlobURLs, "URLs"}
	}
	if s.bytes+int64(len(body)) > maxBlobBytes {
		return "", &BlobURLError{maxBlobBytes, "bytes"}
	}
	url := "blob:" + p.origin.String() + "/" + newUUID()
	s.byURL[url] = &blobURLEntry{body, mimeType, p.origin, p.partitionKey}
	s.bytes += int64(len(body))
	return url, nil
}

// RevokeBlobURL makes a blob: URL of the page's own origin name nothing, as URL.revokeObjectURL does. Others are left alone. What
// [Page.ParseURL] made of it before goes on to name it.
//
// https://w3c.github.io/FileAPI/#dfn-revokeObjectURL
func (p *Page) RevokeBlobURL(url string) {
	u, err := ParseURL(url)
	if err != nil {
		return
	}
	s := p.agent.blobURLs
	s.mu.Lock()
	defer s.mu.Unlock()
	if entry := s.byURL[u.String()]; entry != nil && entry.obtainable(p) {
		delete(s.byURL, u.String())
		s.bytes -= int64(len(entry.body))
	}
}

// ParseURL parses ref as the page's scripts do: relative to the page's URL, and a blob: URL together with what it names now, which the URL
// returned goes on to name when it is revoked. The error is a *[URLError].
//
// https://url.spec.whatwg.org/#concept-url-parser
func (p *Page) ParseURL(ref string) (*URL, error) {
	u, err := p.parse(ref)
	if err != nil || u.Scheme() != "blob" {
		return u, err
	}
	if entry := p.agent.blobURLs.resolve(u); entry != nil {
		u = u.withBlobURLEntry(entry)
	}
	return u, nil
}

// BlobSize returns how many bytes stand behind a blob: URL from [Page.ParseURL], and false if it names nothing, as all other URLs do. The URL
// keeps them in memory.
func (u *URL) BlobSize() (int64, bool) {
	if u.blobURLEntry == nil {
		return 0, false
	}
	return int64(len(u.blobURLEntry.body)), true
}

// resolve returns what a URL names; nil for nothing.
//
// https://w3c.github.io/FileAPI/#blob-url-resolve
func (s *blobURLStore) resolve(u *URL) *blobURLEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byURL[u.StringWithoutFragment()]
}

// obtainable reports whether the page is of the entry's storage key.
//
// https://w3c.github.io/FileAPI/#blob-url-obtain-object
func (e *blobURLEntry) obtainable(p *Page) bool {
	return origin.SameOrigin(e.origin, p.origin) && e.partitionKey == p.partitionKey
}

// withBlobURLEntry gives u what it names, and the origin of the page that made it, which for an opaque origin the URL itself does not tell.
//
// https://url.spec.whatwg.org/#concept-url-origin
func (u *URL) withBlobURLEntry(e *blobURLEntry) *URL {
	c := *u
	c.blobURLEntry, c.origin = e, e.origin
	return &c
}

// newUUID is a random UUID of version 4.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, says its documentation
	b[6], b[8] = b[6]&0x0F|0x40, b[8]&0x3F|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
