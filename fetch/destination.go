package fetch

// Destination is what the answer to a request is for. The zero value is that of fetch(), XMLHttpRequest and EventSource.
//
// https://fetch.spec.whatwg.org/#concept-request-destination
type Destination string

// The destinations that a page's own elements and fonts have.
const (
	DestinationAudio    Destination = "audio"
	DestinationFont     Destination = "font"
	DestinationImage    Destination = "image"
	DestinationManifest Destination = "manifest"
	DestinationScript   Destination = "script"
	DestinationStyle    Destination = "style"
	DestinationTrack    Destination = "track"
	DestinationVideo    Destination = "video"
)

// accept is the value of the Accept header.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (d Destination) accept() string {
	switch d {
	case DestinationImage:
		return "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case DestinationStyle:
		return "text/css,*/*;q=0.1"
	}
	return "*/*"
}

// isUpgradeable reports whether a page on https has plain http made https of such a request, and not refused.
//
// https://w3c.github.io/webappsec-mixed-content/#category-upgradeable
func (d Destination) isUpgradeable() bool {
	return d == DestinationImage || d == DestinationAudio || d == DestinationVideo
}

// InitiatorType says what of the page made a request. It decides nothing about the answer: what the page gets of a blocked one depends on it.
//
// https://fetch.spec.whatwg.org/#request-initiator-type
type InitiatorType string

// The initiator types. The zero value is that of fetch(), and of a module that is imported.
const (
	InitiatorFetch          InitiatorType = "fetch"
	InitiatorXMLHttpRequest InitiatorType = "xmlhttprequest"
	InitiatorBeacon         InitiatorType = "beacon"
	InitiatorImg            InitiatorType = "img"
	InitiatorScript         InitiatorType = "script"
	InitiatorLink           InitiatorType = "link"
	InitiatorCSS            InitiatorType = "css"
	InitiatorAudio          InitiatorType = "audio"
	InitiatorVideo          InitiatorType = "video"
	// InitiatorOther is that of an EventSource.
	InitiatorOther InitiatorType = "other"
)

// byJavaScript reports whether a script chose the request's method and headers, which a server may have to be asked about first.
func (t InitiatorType) byJavaScript() bool {
	switch t {
	case "", InitiatorFetch, InitiatorXMLHttpRequest, InitiatorBeacon:
		return true
	}
	return false
}
